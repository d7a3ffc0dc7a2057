"""A stand-in for the `aws` resource provider: the few resource types that this project uses, and no others.

It is a Pulumi plugin like the real one (`pulumi-resource-aws`), but small: each resource type is a row of
`registry.py` that says which properties it takes and how boto3 makes, reads, changes and deletes it. What
no row knows is refused. It is for the sandbox only; against real accounts use the real provider.
"""
