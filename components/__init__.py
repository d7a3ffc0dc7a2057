"""Pulumi resources of the two sides and their wiring. What policies say is decided in `crossaccess`."""
