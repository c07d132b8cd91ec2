"""Talks to the Kubernetes API: raw paths over the official client, its answers in our own words."""
