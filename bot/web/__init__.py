"""What is served over HTTP: Slack's deliveries, and whether the process is well."""
