"""Real calls, against AWS or the sandbox: the only part of the core that imports boto3."""
