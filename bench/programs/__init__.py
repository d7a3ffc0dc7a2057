"""Pulumi programs whose previews are timed. The engine runs each of them by its path."""
