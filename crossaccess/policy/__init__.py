"""Policies as values: ARNs, documents, the statements that grants need, and how large they may be."""
