"""Who gets in, in each format."""
