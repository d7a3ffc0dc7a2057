"""Which of the named principals a saved policy has lost: they were deleted, and maybe made again.

AWS keeps a user or role in a bucket or trust policy by its unique id. It shows the ARN while that very
principal exists, and afterwards the bare id, which matches nobody: neither the old one nor a new one of the
same name (IAM User Guide, "AWS JSON policy elements: Principal" and "IAM identifiers").
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import PolicyError, Statement, load_json
from crossaccess.policy.principal import PrincipalKind

_BARE_ID = re.compile(r"(AIDA|AROA)[A-Z0-9]{12,124}", re.ASCII)
_COUNT = re.compile(r"And\d+More$", re.ASCII)
_PREFIXES = {PrincipalKind.USER: "AIDA", PrincipalKind.ROLE: "AROA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Principals of one kind that one saved statement has lost.

    `policy` says which policy it is, for a person; `sid` is ours. `ids` are the bare ids in the place of
    principals; `missing` are the ARNs that we name and the statement does not hold. There can be more of
    these than ids, where a grant has new principals, and fewer, where a lost one is named no more.
    """

    policy: str
    sid: str
    kind: PrincipalKind
    ids: tuple[str, ...]
    missing: tuple[str, ...]


def gone_principals(saved: str, statements: Iterable[Statement], *, policy: str) -> tuple[Gone, ...]:
    """Tell which named principals are gone from a policy, by its saved text and what we would write.

    `saved` is the JSON as AWS returns it. It is taken as it comes: whatever is no statement of ours is
    passed over, and a text that is no policy has lost nobody.
    """
    held = _principals_by_sid(saved)
    found: list[Gone] = []
    for statement in statements:
        if statement.sid is None or _stem(statement.sid) not in held:
            continue
        values = held[_stem(statement.sid)]
        for kind, prefix in _PREFIXES.items():
            ids = sorted(one for one in values if one.startswith(prefix) and _BARE_ID.fullmatch(one))
            missing = [arn for arn in _named(statement, kind) if arn not in values]
            if ids and missing:
                one = Gone(
                    policy=policy, sid=statement.sid, kind=kind, ids=tuple(ids), missing=tuple(missing)
                )
                found.append(one)
    return tuple(found)


def message(gone: Gone) -> str:
    """Say to a person who is gone, what follows, and what to do."""
    names = [_shown(arn) for arn in gone.missing]
    several = len(names) > 1
    ids = ", ".join(gone.ids)
    if len(names) > len(gone.ids):
        count = "one" if len(gone.ids) == 1 else f"{len(gone.ids)}"
        who = f"{count} of {', '.join(names)} {'was' if count == 'one' else 'were'}"
        still = "Who is gone gets"
    else:
        who = f"{', '.join(names)} {'were' if several else 'was'}"
        still = "They get" if several else "It gets"
    old = "ids" if len(gone.ids) > 1 else "id"
    return (
        f"{who} deleted, and maybe made again: {gone.policy} holds only the old {old} {ids} "
        f"(statement {gone.sid}). {still} no access until `pulumi up --refresh` saves the policy anew. "
        "A principal that is gone for good is refused by AWS then: take it out of the grant."
    )


def _named(statement: Statement, kind: PrincipalKind) -> Iterator[str]:
    """The users or roles that a statement names by their own ARN."""
    for principal in statement.principals or ():
        arn = parse_arn(principal.value) if principal.type == "AWS" else None
        if arn is not None and arn.service == "iam" and arn.resource.startswith(f"{kind}/"):
            yield principal.value


def _shown(arn: str) -> str:
    parsed = parse_arn(arn)
    return arn if parsed is None else f"{parsed.resource} of account {parsed.account}"


def _stem(sid: str) -> str:
    """A statement's id without the number of grants that share it, which changes with the grants."""
    return _COUNT.sub("", sid)


def _principals_by_sid(saved: str) -> dict[str, set[str]]:
    try:
        document = load_json(saved)
    except PolicyError:
        return {}
    listed = document.get("Statement") if isinstance(document, dict) else None
    held: dict[str, set[str]] = {}
    for statement in _several(listed):
        if isinstance(statement, dict) and isinstance(statement.get("Sid"), str):
            principal = statement.get("Principal")
            values = _several(principal.get("AWS") if isinstance(principal, dict) else None)
            texts = {value for value in values if isinstance(value, str)}
            held.setdefault(_stem(statement["Sid"]), set()).update(texts)
    return held


def _several(value: object) -> Sequence[object]:
    """What stands there alone or in a list, as AWS writes one entry or more."""
    return value if isinstance(value, list) else [value]
