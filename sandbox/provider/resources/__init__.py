"""The resource types that the stand-in knows: one row each, and the few calls of AWS behind it."""
