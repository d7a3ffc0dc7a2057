"""What is wrong with a file, a folder or a run of the engine, said to a person."""


class SourceError(Exception):
    """A source that cannot be read. The message says what is wrong, where, and what would be right."""
