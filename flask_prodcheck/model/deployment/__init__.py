"""What the deployment around an application shows: which modules serve, TLS in front, how many processes."""
