"""Custom resources: what a definition that somebody posts makes of this server."""
