"""What the product means, free of Slack, Kubernetes libraries, clocks and I/O."""
