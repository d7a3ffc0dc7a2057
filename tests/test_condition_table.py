"""The table of conditions in `docs/config.md` says on which documents each of them lands."""

from collections.abc import Mapping

import pytest

from crossaccess.policy.build import bucket_policy, key_statements, role_policy, role_trust
from crossaccess.policy.document import Document, canonical_json
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.read_grant import read_grant
from crossaccess.policy.requester import requester_policies
from tests.support.config_page import names, table

BUCKET = Bucket(
    name="lake-111111222222",
    account="111111222222",
    partition="aws",
    region="eu-central-1",
    key_arn="arn:aws:kms:eu-central-1:111111222222:key/11111111-2222-3333-4444-555555555555",
)
S3_ENDPOINT = "vpce-0a1b2c3d4e5f60718"
STS_ENDPOINT = "vpce-0f1e2d3c4b5a69788"
# By the first cell of a row: the condition, and what of it stands in a policy.
CONDITIONS: Mapping[str, tuple[Mapping[str, object], str]] = {
    "externalId": ({"externalId": "our-contract"}, "sts:ExternalId"),
    "mfa": ({"mfa": True}, "aws:MultiFactorAuthPresent"),
    "sourceIp": ({"sourceIp": ["203.0.113.0/24"]}, "203.0.113.0/24"),
    "vpcEndpoints, s3": ({"vpcEndpoints": {"s3": [S3_ENDPOINT]}}, S3_ENDPOINT),
    "vpcEndpoints, sts": ({"vpcEndpoints": {"s3": [S3_ENDPOINT], "sts": [STS_ENDPOINT]}}, STS_ENDPOINT),
    "organization": ({"organization": "o-a1b2c3d4e5"}, "o-a1b2c3d4e5"),
    "expires": ({"expires": "2031-01-31"}, "2031-01-31T00:00:00Z"),
    "sourceIdentity": ({"sourceIdentity": ["bob"]}, "sts:SourceIdentity"),
    "sessionTags": ({"sessionTags": {"team": ["data"]}}, "aws:RequestTag/team"),
}
ROWS = {", ".join(names(row[0])): row[1:] for row in table("Conditions", 1)}
LEFT_OUT = ("refused", "not told there")


def grant_with(condition: str, method: str) -> Grant | None:
    """A grant to Bob on one condition; `None` where that is refused."""
    faults = Faults()
    raw = {
        "name": "readers",
        "account": "112233445566",
        "principals": ["user/bob"],
        "method": method,
        "access": ["read"],
        "conditions": CONDITIONS[condition][0],
    }
    grant = read_grant(raw, "grants[0]", faults)
    return None if faults else grant


def requester_policy(grant: Grant) -> Document:
    """What Bob's own account allows him."""
    (policy,) = requester_policies(BUCKET, [grant], {grant.name: grant.principals})
    return policy.document


def test_every_condition_has_its_row() -> None:
    """Each endpoint counts by itself."""
    assert list(ROWS) == list(CONDITIONS)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_lands_where_its_row_says(condition: str) -> None:
    """On both sides, or on none; what is refused makes no document at all."""
    by_policy, assuming, own, key = ROWS[condition]
    marker = CONDITIONS[condition][1]

    def lands(*documents: Document) -> list[bool]:
        return [marker in canonical_json(document) for document in documents]

    direct = grant_with(condition, "bucket-policy")
    assert (direct is None) == (by_policy == "refused")
    if direct is not None:
        wanted = by_policy not in LEFT_OUT
        assert lands(bucket_policy(BUCKET, [direct]), requester_policy(direct)) == [wanted, wanted]
        assert lands(Document(statements=key_statements(BUCKET, [direct]))) == [key not in LEFT_OUT]
    role = grant_with(condition, "assume-role")
    assert role is not None
    wanted = assuming not in LEFT_OUT
    assert lands(role_trust(BUCKET, role), requester_policy(role)) == [wanted, wanted]
    assert lands(role_policy(BUCKET, role)) == [own not in LEFT_OUT]
    assert lands(Document(statements=key_statements(BUCKET, [role]))) == [key == "yes"]
