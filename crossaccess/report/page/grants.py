"""Every grant as the page shows it, with the statements that are of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.deployment.picture import Grant
from crossaccess.policy.conditions import write_conditions
from crossaccess.report.page.access_words import words_for
from crossaccess.report.page.links import Link, grant_id, told_apart
from crossaccess.report.page.policies import NAME
from crossaccess.report.plain_data import compact
from crossaccess.report.sentence import Sentence, name, phrase, verbatim, words
from crossaccess.who.matrix import Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGrant:
    """A grant; `idle` is whether nobody gets in by it."""

    id: str
    name: Sentence
    rows: tuple[tuple[str, tuple[Sentence, ...]], ...]
    statements: tuple[Link, ...]
    findings: tuple[Link, ...]
    idle: bool


def grants_of(
    matrix: Matrix,
    statements: Mapping[int, tuple[Link, ...]],
    findings: Mapping[str, Sequence[Link]],
) -> tuple[ShownGrant, ...]:
    """The grants; `statements` by their places, `findings` by what they are about."""
    return tuple(
        ShownGrant(
            id=grant_id(index),
            name=(name(grant.name, NAME),),
            rows=tuple((term, said) for term, said in _rows(grant) if said),
            statements=statements.get(index, ()),
            findings=tuple(findings.get(about(grant), ())),
            idle=grant in matrix.idle,
        )
        for index, grant in enumerate(matrix.grants)
    )


def grant_ids(grants: Sequence[Grant]) -> Mapping[str, str]:
    """The ids of grants by their names, where one name is not that of several."""
    return told_apart((grant.name, grant_id(index)) for index, grant in enumerate(grants))


def about(grant: Grant) -> str:
    """How findings call a grant."""
    return f"grant {grant.name} on bucket {grant.bucket}"


def _rows(grant: Grant) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    account = () if grant.account is None else (words(" of account "), name(grant.account, NAME))
    role = () if grant.role_arn is None else (words(" by role "), name(grant.role_arn, NAME))
    where = tuple((name(one, NAME),) for one in grant.prefixes) or ((words("the whole bucket"),),)
    asks = write_conditions(grant.asks).items()
    conditions: tuple[Sentence, ...] = tuple(
        (name(key), words(": "), verbatim(compact(value))) for key, value in asks
    )
    if grant.conditions is None:
        conditions = ((words("they cannot be read"),),)
    return (
        ("Who", tuple((name(one, NAME), *account) for one in grant.principals)),
        ("May", tuple((phrase(one, NAME),) for one in words_for(grant.actions))),
        ("Under", where),
        ("In", ((name(grant.bucket, NAME), words(" of account "), name(grant.owner, NAME)),)),
        ("Method", ((name(grant.method, NAME), *role),) if grant.method else ()),
        ("Conditions", conditions),
    )
