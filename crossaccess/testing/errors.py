"""What goes wrong while stacks are run for a test, in words for the person who wrote it."""


class StackError(Exception):
    """Stacks that cannot be run or asked: the message says which, why, and what would be right."""
