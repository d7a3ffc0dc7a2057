"""The two stacks as one picture, from a preview, a state or a folder of policies.

A room, since each source is read in its own way: `picture` says what a picture is, `source` tells what a file
or folder is and reads it, `merging` makes one picture of two stacks, `running` has the engine make a preview.
"""
