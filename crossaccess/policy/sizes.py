"""How large a policy may be, counted no lower than AWS counts it.

Limits: IAM User Guide, "IAM and AWS STS quotas"; Amazon S3 User Guide, "Adding a bucket policy by using the
Amazon S3 console"; AWS KMS Developer Guide, "Resource quotas".
"""

from dataclasses import dataclass

from crossaccess.policy.document import Document, canonical_json
from crossaccess.policy.faults import Faults

MANAGED_POLICIES_PER_PRINCIPAL = 10
"""How many managed policies a user or a role can have, unless AWS raised that quota."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The size up to which AWS takes a document; `unit` is `bytes` (of UTF-8) or `characters`."""

    document: str
    maximum: int
    unit: str
    helps: str


_HELPS_OWNER = "fewer prefixes or principals in its grants help, or several grants as one"
BUCKET_POLICY = Limit(
    document="a bucket policy",
    maximum=20_480,
    unit="bytes",
    helps="grants that move to method assume-role leave it; fewer prefixes or principals help too",
)
MANAGED_POLICY = Limit(
    document="a managed policy",
    maximum=6_144,
    unit="characters",
    helps="fewer prefixes in the owner's grant help, or the same prefixes as two grants",
)
BOUNDARY = Limit(
    document="a permissions boundary, which is one managed policy",
    maximum=6_144,
    unit="characters",
    helps="fewer grants or prefixes for this principal help, or a boundary of your own by its ARN",
)
ROLE_POLICY = Limit(
    document="all inline policies of a role", maximum=10_240, unit="characters", helps=_HELPS_OWNER
)
USER_POLICY = Limit(
    document="all inline policies of a user",
    maximum=2_048,
    unit="characters",
    helps="managed policies have room of their own",
)
GROUP_POLICY = Limit(
    document="all inline policies of a group",
    maximum=5_120,
    unit="characters",
    helps="managed policies have room of their own",
)
KEY_POLICY = Limit(
    document="a key policy", maximum=32_768, unit="bytes", helps="fewer prefixes, principals or grants help"
)
TRUST_POLICY = Limit(
    document="the trust policy of a role",
    maximum=2_048,
    unit="characters",
    helps="fewer principals or conditions in its grant help, or the same principals as two grants",
)


def size_of(document: Document, limit: Limit) -> int:
    """The document's size in the limit's unit.

    IAM leaves white space out of its count for managed and inline policies, S3 and trust policies are
    counted as sent. The canonical text has white space only inside names such as prefixes; it is
    counted here for all of them, so that AWS never counts more.
    """
    text = canonical_json(document)
    # JSON can hold half of a character, which nobody can send: it is counted as what it would take.
    return len(text.encode("utf-8", "surrogatepass")) if limit.unit == "bytes" else len(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much of a limit a document uses; `document` names it for people."""

    document: str
    used: int
    limit: Limit

    def as_output(self) -> dict[str, object]:
        """What a stack puts out, so that it can be told how much room is left."""
        allowed = self.limit.maximum
        percent = round(100 * self.used / allowed, 1)
        return {"used": self.used, "allowed": allowed, "unit": self.limit.unit, "percent": percent}


def measured(document: Document, limit: Limit, *, name: str, faults: Faults) -> Used:
    """Measure a document, and note one over its limit: AWS would refuse it in the middle of a deployment."""
    size = size_of(document, limit)
    if size > limit.maximum:
        found = f"would have {size:,} {limit.unit}, and AWS takes {limit.maximum:,} for {limit.document}"
        faults.add(f"the {name}", found, limit.helps)
    return Used(document=name, used=size, limit=limit)


def check_number_of_policies(number: int, *, key: str, faults: Faults) -> None:
    """Note a principal that would need more managed policies than it can have."""
    if number > MANAGED_POLICIES_PER_PRINCIPAL:
        found = f"would need {number} managed policies, and AWS attaches {MANAGED_POLICIES_PER_PRINCIPAL}"
        faults.add(key, found, "fewer prefixes or grants for it help, or grants by method assume-role")
