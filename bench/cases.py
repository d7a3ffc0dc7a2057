"""Cases like the bucket's and the role's, each with documents of its own where that is asked for."""

import json

OWNER = "111111222222"
REQUESTER = "112233445566"
BOB = f"arn:aws:iam::{REQUESTER}:user/bob"


def bucket_case(number: int) -> dict[str, object]:
    """Bob reads an object under the bucket-policy method. No two numbers share a document."""
    bucket = f"arn:aws:s3:::shared-{number}"
    actions = ["s3:GetObject", "s3:PutObject"]
    return {
        "name": f"bucket {number}",
        "request": {
            "principal": BOB,
            "action": "s3:GetObject",
            "resource": f"{bucket}/reports/{number}.csv",
            "resourceAccount": OWNER,
            "context": {"aws:SecureTransport": ["true"]},
        },
        "policies": {
            "identity": [
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": actions, "Resource": f"{bucket}/*"}],
                }
            ],
            "resource": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": f"Tls{number}",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": [bucket, f"{bucket}/*"],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                    {
                        "Sid": f"Bob{number}",
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{REQUESTER}:root"},
                        "Action": actions,
                        "Resource": f"{bucket}/*",
                        "Condition": {"ArnEquals": {"aws:PrincipalArn": BOB}},
                    },
                ],
            },
        },
    }


def role_case(number: int) -> dict[str, object]:
    """Bob assumes a role. No two numbers share a document."""
    role = f"arn:aws:iam::{OWNER}:role/shared-{number}"
    return {
        "name": f"role {number}",
        "request": {"principal": BOB, "action": "sts:AssumeRole", "resource": role, "context": {}},
        "policies": {
            "identity": [
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}],
                }
            ],
            "resource": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": f"Bob{number}",
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{REQUESTER}:root"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"ArnEquals": {"aws:PrincipalArn": BOB}},
                    }
                ],
            },
        },
    }


def batch_lines(count: int) -> bytes:
    """That many cases as JSON lines, half of them the bucket's and half the role's."""
    cases = (bucket_case(number) if number % 2 else role_case(number) for number in range(count))
    return b"".join(json.dumps(case).encode() + b"\n" for case in cases)
