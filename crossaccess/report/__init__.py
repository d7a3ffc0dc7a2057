"""What the command tells people and programs: a folder for each report, with a module for each format.

What all reports share stands here: how foreign text is made harmless (`safe`, `markup`), how it is laid out
on a terminal (`terminal`), and how a value becomes JSON (`plain_data`).
"""
