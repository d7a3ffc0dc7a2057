"""What the page says beside its pictures and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.compare.change import Subject, Unclear
from crossaccess.explain.result import Known
from crossaccess.findings.finding import Finding, Severity
from crossaccess.report.page.flows import Stream
from crossaccess.report.page.links import Link, finding_id
from crossaccess.report.page.policies import NAME
from crossaccess.report.page.scene import Road, Standing
from crossaccess.report.page.table import Row, State
from crossaccess.report.sentence import Sentence, counted, listed, name, phrase, words

_FEW = 8
"""How many names a sentence has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding; `where` is the statement or the policy that it is about."""

    id: str
    rule: str
    title: str
    severity: str
    certain: bool
    about: Sentence
    message: Sentence
    where: Link | None
    reason: str
    mend: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKnown:
    """Whose policies were known, and which of them could not be read; `whole`: there are no others."""

    whose: Sentence
    read: tuple[Sentence, ...]
    unread: tuple[Sentence, ...]
    whole: bool


def headline(rows: Sequence[Row], findings: Sequence[Finding]) -> str:
    """What the page comes to, in our own words."""
    people = {(row.who, row.account) for row in rows if row.state is State.OPEN and row.into_bucket}
    stray = {(row.who, row.account) for row in rows if row.mentioned is False}
    told = [f"{counted(len(people), 'principal gets', 'principals get')} in from outside"]
    if stray:
        told.append(f"{counted(len(stray), 'has', 'have')} access that no grant mentions")
    for severity in reversed(Severity):
        number = sum(one.severity is severity for one in findings)
        if number and severity.reaches(Severity.MEDIUM):
            told.append(counted(number, f"{severity.value} finding", f"{severity.value} findings"))
    return ", ".join(told)


def flowing(stream: Stream) -> Sentence:
    """What flows, as a sentence: the picture for those who do not see it."""
    people = listed([name(_who(subject), NAME) for subject in stream.subjects], _FEW)
    what = listed([phrase(one, NAME) for one in stream.what], _FEW)
    where: Sentence = ()
    if stream.where:
        where = (words(" under "), *listed([name(one, NAME) for one in stream.where], _FEW))
    elif stream.where == ():
        where = (words(" everything"),)
    place = (words(" in bucket "), name(stream.bucket, NAME))
    way: Sentence = (words(", by the bucket policy"),)
    if stream.road is Road.ROLE:
        way = (words(", by assuming "), name((stream.role or "a role").rpartition("/")[2], NAME))
    by: Sentence = (words(", by no grant"),)
    if stream.grants:
        by = (words(", by grant "), *listed([name(one, NAME) for one in stream.grants], _FEW))
    asks = tuple(piece for ask in stream.asks for piece in (words(", "), phrase(ask, NAME)))
    note = () if stream.note is None else (words(f" ({stream.note})"),)
    may = {Standing.OPEN: " may ", Standing.SHUT: " could ", Standing.UNKNOWN: " may perhaps "}[
        stream.standing
    ]
    return (*people, words(may), *what, *where, *place, *way, *by, *asks, *note)


def findings_of(findings: Sequence[Finding], ids: Mapping[str, str]) -> tuple[ShownFinding, ...]:
    """The findings, linked to policies and statements by their ids."""
    return tuple(
        ShownFinding(
            id=finding_id(index),
            rule=one.rule.id,
            title=one.rule.title,
            severity=one.severity.value,
            certain=one.certain,
            about=(name(one.about, NAME), *_of(one.account)),
            message=(phrase(one.message, 4 * NAME),),
            where=_where(one, ids),
            reason=one.rule.reason,
            mend=one.rule.mend,
            page=one.rule.page,
        )
        for index, one in enumerate(findings)
    )


def findings_about(findings: Sequence[Finding]) -> Mapping[str, Sequence[Link]]:
    """Links to the findings, by what these are about."""
    found: dict[str, list[Link]] = {}
    for index, one in enumerate(findings):
        link = Link(said=(words(f"{one.rule.id}, {one.severity.value}"),), target=finding_id(index))
        found.setdefault(one.about, []).append(link)
    return found


def known_of(known: Sequence[Known]) -> tuple[ShownKnown, ...]:
    """Whose policies were known."""
    return tuple(
        ShownKnown(
            whose=(name(one.whose, NAME), *_of(one.account)),
            read=tuple((phrase(policy, NAME),) for policy in one.read),
            unread=tuple(
                (phrase(policy, NAME), words(" is not known: "), phrase(why, NAME))
                for policy, why in one.unread
            ),
            whole=one.whole,
        )
        for one in known
    )


def unclear_of(unclear: Sequence[Unclear]) -> tuple[Sentence, ...]:
    """What is not known yet."""
    return tuple(
        (name(one.name, NAME), words(" is not known yet: "), phrase(one.reason, NAME)) for one in unclear
    )


def _where(finding: Finding, ids: Mapping[str, str]) -> Link | None:
    if finding.policy is None:
        return None
    statement = "" if finding.statement is None else f", {finding.statement}"
    label = f"{finding.policy}{statement}"
    return Link(said=(phrase(label, NAME),), target=ids.get(label) or ids.get(finding.policy, ""))


def _who(subject: Subject) -> str:
    return subject.name if subject.account is None else f"{subject.name} ({subject.account})"


def _of(account: str | None) -> Sentence:
    return () if account is None else (words(" ("), name(account, NAME), words(")"))
