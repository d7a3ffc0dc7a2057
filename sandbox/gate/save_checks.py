"""What AWS refuses when a policy is saved, whoever saves it."""

import re

from crossaccess.policy.document import Document, PolicyError, PolicyKind, Statement, parse_document
from sandbox.gate.errors import AwsError
from sandbox.gate.principals import PrincipalError, store
from sandbox.gate.sizes import BUCKET_POLICY, KEY_POLICY, TRUST_POLICY, check_quota
from sandbox.gate.world import World

# IAM API Reference: the characters that a policy document may hold.
_IAM_TEXT = re.compile(r"[\t\n\r\x20-\xff]+")
_SID = re.compile(r"[A-Za-z0-9]*", re.ASCII)


def check_bucket_policy(world: World, bucket: str, body: bytes) -> tuple[Document, str]:
    """Check a bucket policy; return it, and the form to keep it in.

    Raises `AwsError` as S3 does: `PolicyTooLarge`, `MalformedPolicy`.
    """
    if len(body) > BUCKET_POLICY:
        raise AwsError("PolicyTooLarge", f"Policy exceeds the maximum size of {BUCKET_POLICY} bytes.")
    try:
        document = _parse(body, PolicyKind.RESOURCE)
        text = store(world, body.decode("utf-8"))
    except PolicyError as error:
        raise _malformed(f"This policy contains invalid Json or grammar: {error}") from None
    except PrincipalError as error:
        raise _malformed(f"Invalid principal in policy: {error}") from None
    for statement in document.statements:
        _check_of_bucket(statement, bucket)
    return document, text


def check_trust_policy(world: World, text: str) -> str:
    """Check a role's trust policy; return the form to keep it in.

    Raises `AwsError` as IAM does: `MalformedPolicyDocument`, `LimitExceeded`.
    """
    _check_iam_text(text)
    document = _parse_iam(text, PolicyKind.TRUST)
    for statement in document.statements:
        for action in (*(statement.actions or ()), *(statement.not_actions or ())):
            if not action.lower().startswith("sts:"):
                raise _malformed_iam("AssumeRole policy may only specify STS AssumeRole actions.")
    check_quota(len(text), TRUST_POLICY, f"Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY}")
    try:
        return store(world, text)
    except PrincipalError as error:
        raise _malformed_iam(f"Invalid principal in policy: {error}") from None


def check_identity_policy(text: str) -> None:
    """Check a policy of a user, group or role.

    Raises `AwsError` as IAM does: `MalformedPolicyDocument`.
    """
    _check_iam_text(text)
    document = _parse_iam(text, PolicyKind.IDENTITY)
    sids = [statement.sid for statement in document.statements if statement.sid is not None]
    if len(set(sids)) != len(sids):
        raise _malformed_iam("Statement IDs (SID) in a single policy must be unique.")
    for sid in sids:
        if not _SID.fullmatch(sid):
            raise _malformed_iam(f"Statement IDs (SID) must be alpha-numeric: {sid!r} is not.")


def check_key_policy(world: World, text: str) -> tuple[Document, str]:
    """Check a key policy; return it, and the form to keep it in.

    Raises `AwsError` as KMS does: `MalformedPolicyDocumentException`, `LimitExceededException`.
    """
    if len(text.encode()) > KEY_POLICY:
        raise AwsError("LimitExceededException", f"The policy is longer than {KEY_POLICY} bytes.")
    try:
        return _parse(text, PolicyKind.RESOURCE), store(world, text)
    except PolicyError as error:
        raise AwsError("MalformedPolicyDocumentException", str(error)) from None
    except PrincipalError as error:
        raise AwsError(
            "MalformedPolicyDocumentException",
            f"Policy contains a statement with one or more invalid principals: {error}",
        ) from None


def check_session_policy(text: str) -> None:
    """Check a policy passed to AssumeRole. Raises `AwsError`: `MalformedPolicyDocument`."""
    _parse_iam(text, PolicyKind.SESSION)


def _parse(source: str | bytes, kind: PolicyKind) -> Document:
    """Parse a document; an empty one, which AWS takes from nobody, is none. Raises `PolicyError`."""
    document = parse_document(source, kind)
    if not document.statements:
        raise PolicyError("Statement is empty: a policy has at least one")
    return document


def _parse_iam(text: str, kind: PolicyKind) -> Document:
    try:
        return _parse(text, kind)
    except PolicyError as error:
        raise _malformed_iam(f"Syntax errors in policy: {error}") from None


def _check_iam_text(text: str) -> None:
    if not _IAM_TEXT.fullmatch(text):
        raise _malformed_iam("The policy holds characters outside of U+0020 to U+00FF.")


def _check_of_bucket(statement: Statement, bucket: str) -> None:
    for action in (*(statement.actions or ()), *(statement.not_actions or ())):
        if action != "*" and not action.lower().startswith("s3:"):
            raise _malformed(f"Policy has invalid action: {action}")
    for resource in (*(statement.resources or ()), *(statement.not_resources or ())):
        if not _is_of_bucket(resource, bucket):
            raise _malformed(f"Policy has invalid resource: {resource}")


def _is_of_bucket(resource: str, bucket: str) -> bool:
    if resource == "*":
        return True
    parts = resource.split(":", 5)
    if len(parts) != 6 or parts[:5] != ["arn", "aws", "s3", "", ""]:
        return False
    name = parts[5].partition("/")[0]
    pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in name)
    return re.fullmatch(pattern, bucket) is not None


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message)


def _malformed_iam(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message)
