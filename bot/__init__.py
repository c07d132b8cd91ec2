"""k8s-bot: run Kubernetes from Slack, permissioned, previewed, followed to its end and on the record."""
