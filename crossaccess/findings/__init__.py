"""What is wrong, or may be, with how two accounts share a bucket: rules as data, and who looks for them."""
