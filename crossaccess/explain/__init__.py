"""May somebody do something, by which way, and where not: whose statement is missing, and what of it?"""
