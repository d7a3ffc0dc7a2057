"""The real Pulumi engine: found on this machine, installed, or built out of Go modules."""
