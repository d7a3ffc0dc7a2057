"""What keeps the calls from being made at all, said to a person."""


class LiveError(Exception):
    """Nobody can be called, or as the wrong one. The message says what is wrong and what would be right."""
