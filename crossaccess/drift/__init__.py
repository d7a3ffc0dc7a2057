"""What is deployed now against what the stacks deployed. Nothing here calls anybody."""
