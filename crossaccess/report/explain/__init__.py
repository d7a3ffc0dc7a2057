"""Explanations, in each format."""
