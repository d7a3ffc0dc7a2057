"""Is a bucket policy public?

S3 User Guide, "Blocking public access to your Amazon S3 storage", under "The meaning of 'public'". A
policy is taken to be public, and then shown not to be: by naming fixed principals, or by a condition
with fixed values on one of the keys that S3 trusts to tell outsiders apart.
"""

import ipaddress

from crossaccess.policy.document import Condition, Document, Effect, PrincipalName, Statement

_FIXED_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
_POSITIVE = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"}
)
# Wider ranges than these are as good as everywhere.
_WIDEST_V4, _WIDEST_V6 = 8, 32


def is_public(document: Document) -> bool:
    """Whether any statement of a bucket policy allows the public something."""
    return any(map(is_public_statement, document.statements))


def is_public_statement(statement: Statement) -> bool:
    """Whether one statement allows the public something."""
    if statement.effect is not Effect.ALLOW:
        return False
    if statement.not_principals is None and all(map(_is_fixed, statement.principals or ())):
        return False
    return not any(_narrows(condition) for condition in statement.conditions)


def _is_fixed(principal: PrincipalName) -> bool:
    return "*" not in principal.value


def _narrows(condition: Condition) -> bool:
    """Whether a condition leaves the public out: `…IfExists` and `ForAllValues` let an absent key pass."""
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    key = condition.key.lower()
    if operator not in _POSITIVE or key not in _FIXED_KEYS or not condition.values:
        return False
    if key == "aws:sourceip":
        return operator == "ipaddress" and all(map(_is_narrow, condition.values))
    return all(not set("*?$") & set(value) for value in condition.values)


def _is_narrow(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (_WIDEST_V4 if network.version == 4 else _WIDEST_V6)
