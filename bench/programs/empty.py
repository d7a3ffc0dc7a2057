"""A program that makes nothing: what the engine and its Python host take by themselves."""
