"""Who asks, and whether they may: credentials, impersonation, RBAC, and the reviews that tell."""
