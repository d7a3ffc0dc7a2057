"""As many plain resources as an owner's stack has: the same types, constant inputs, nothing of our code."""

import json

import pulumi
import pulumi_aws as aws

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::plain/*"}],
    }
)

config = pulumi.Config("bench")
for number in range(config.require_int("resources")):
    name = f"plain-{number // 2}"
    if number % 2 == 0:
        aws.iam.Role(f"{name}-role", name=name, assume_role_policy=TRUST)
    else:
        aws.iam.RolePolicy(f"{name}-role-policy", name="plain", role=name, policy=POLICY)
