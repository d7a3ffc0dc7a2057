"""What went wrong in the sandbox, told to a person."""


class SandboxError(Exception):
    """A fault that the user can mend: its text says what is wrong and what would be right."""
