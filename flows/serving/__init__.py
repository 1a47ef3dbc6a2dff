"""Running by itself: deployments served, what died cleared away, a server to be served by."""
