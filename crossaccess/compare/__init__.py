"""What does a change of policies give and take? Decided for all requests there can be, not for samples."""
