"""What goes wrong while measuring, in words for people."""


class BenchError(Exception):
    """A measurement could not be made."""
