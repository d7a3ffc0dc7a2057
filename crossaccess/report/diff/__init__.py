"""The report of a comparison: who gains and who loses what."""
