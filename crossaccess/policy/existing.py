"""The policy of a bucket that is adopted: what others wrote stays, what we write joins it and leaves again.

A bucket has one policy, whoever writes statements of it (Amazon S3 User Guide, "Bucket policies for Amazon
S3"). Our statements are told by their `Sid`, which begins with `SID_PREFIX`; all others are foreign and are
kept as the JSON that they are: never written anew through our own model, which might lose something.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from crossaccess.policy.document import (
    Document,
    PolicyError,
    PolicyKind,
    Statement,
    as_mapping,
    canonical_json,
    parse_document,
)
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.grant import SID_PREFIX
from crossaccess.policy.sizes import BUCKET_POLICY

_VARIABLES_VERSION = "2012-10-17"
_BARE_ID = re.compile(r"A[A-Z0-9]{3}[A-Z0-9]{12,124}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A foreign statement: its place in the bucket's policy (from 1), its JSON, and what it means."""

    number: int
    raw: Mapping[str, object]
    statement: Statement

    @property
    def label(self) -> str:
        """How a message names the statement: by its Sid, or by its place where it has none."""
        return f"statement {self.number}" if not self.statement.sid else f"statement {self.statement.sid!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPolicy:
    """A bucket's policy, split into what others wrote (`foreign`) and what we did (`ours`).

    `frame` holds what the document has, in its order: its `Version`, its `Id`, and nothing where its
    statements stand. A bucket without a policy has an empty one.
    """

    frame: Mapping[str, object]
    foreign: tuple[Kept, ...]
    ours: tuple[Statement, ...]


NO_POLICY = SavedPolicy(frame={}, foreign=(), ours=())
"""What a bucket without a policy has."""


def read_existing(text: str | None) -> SavedPolicy:
    """Read a bucket's policy; `None` where the bucket has none.

    Raises `PolicyError` where the text is no bucket policy by AWS's grammar, or holds something that would
    not come out again as it stands: a number such as `1.50`, or half of a character.
    """
    if text is None:
        return NO_POLICY
    frame, pairs = _loaded(text)
    return SavedPolicy(
        frame=frame,
        foreign=tuple(
            Kept(number=number, raw=raw, statement=statement)
            for number, (raw, statement) in enumerate(pairs, start=1)
            if not is_ours(statement)
        ),
        ours=tuple(statement for _, statement in pairs if is_ours(statement)),
    )


def is_ours(statement: Statement) -> bool:
    """Whether a statement is one that this project wrote."""
    return statement.sid is not None and statement.sid.startswith(SID_PREFIX)


def our_sids(text: str | None) -> tuple[str, ...]:
    """The Sids in a bucket's policy that begin as ours do, in their order, whoever wrote them.

    Raises `PolicyError` as `read_existing` does.
    """
    return tuple(statement.sid or "" for statement in read_existing(text).ours)


def merged(existing: SavedPolicy, ours: Document) -> str:
    """The text of the bucket's policy with our statements: the foreign ones first, in their order.

    `Version` and `Id` stay what they are. A policy of version 2008-10-17, or of none, is not made a newer
    one: `${aws:username}` in a foreign statement is plain text there and would begin to stand for a name (IAM
    User Guide, "IAM JSON policy elements: Version"). Ours hold no variables, so they mean the same under
    both; `PolicyError` is raised if ever one does and the version would not take it.
    """
    if not existing.foreign:
        return canonical_json(ours)
    written = as_mapping(ours)["Statement"]
    version = existing.frame.get("Version", "2008-10-17")
    if version != _VARIABLES_VERSION and "${" in json.dumps(written):
        raise PolicyError(
            f"the bucket's policy has the version {version!r}, under which policy variables are plain text, "
            f"and our statements use them: make it {_VARIABLES_VERSION!r}, after a look at what its own "
            "statements then mean"
        )
    return _framed(existing.frame, [*(kept.raw for kept in existing.foreign), *_listed(written)])


def without_ours(text: str) -> str | None:
    """The text of a bucket's policy once all with Sids like ours are out of it; `None` where nothing is left.

    Raises `PolicyError` as `read_existing` does.
    """
    return without_sids(text, our_sids(text))


def without_sids(text: str, sids: Collection[str]) -> str | None:
    """The text of a bucket's policy once these statements are out of it; `None` where nothing is left.

    Raises `PolicyError` as `read_existing` does.
    """
    frame, pairs = _loaded(text)
    kept = [raw for raw, statement in pairs if statement.sid not in sids]
    return _framed(frame, kept) if kept else None


def same_policy(first: str | None, second: str | None) -> bool:
    """Whether two texts are the same policy: whatever their white space, and in whichever order things stand.

    `None` is no policy at all. Raises `PolicyError` for a text that is none.
    """
    if first is None or second is None or first == second:
        return first == second
    return _meaning(first) == _meaning(second)


def same_foreign(first: str | None, second: str | None) -> bool:
    """Whether two texts hold the same foreign statements, with the same `Version` and `Id`."""
    return same_policy(_foreign_part(first), _foreign_part(second))


def same_ours(first: str | None, second: str | None) -> bool:
    """Whether two texts hold the same statements of ours."""
    one, other = (_meanings(read_existing(text).ours) for text in (first, second))
    return one == other


def check_kept(existing: SavedPolicy, *, key: str, faults: Faults) -> None:
    """Note each foreign statement that AWS would refuse to save again, though it holds it now.

    A user or role that is gone stands in a policy by its bare unique id (IAM User Guide, "AWS JSON policy
    elements: Principal"), and one such id refuses the whole document. It is named here and never edited.
    """
    for kept in existing.foreign:
        for element, names in (
            ("Principal", kept.statement.principals),
            ("NotPrincipal", kept.statement.not_principals),
        ):
            for name in names or ():
                if name.type == "AWS" and _BARE_ID.fullmatch(name.value):
                    mend = (
                        "that user or role is gone, and AWS saves no policy that holds such an id: whoever "
                        "wrote the statement has to take the id out, or name the principal by its ARN"
                    )
                    faults.add(f"{key}: {kept.label}", f"names {name.value!r} as {element}", mend)


def check_merged_size(text: str, *, key: str, faults: Faults) -> None:
    """Note a merged policy that is over what S3 takes for a bucket policy."""
    size = len(text.encode())
    if size > BUCKET_POLICY.maximum:
        found = (
            f"would have {size:,} {BUCKET_POLICY.unit} with the statements that are there already, and AWS "
            f"takes {BUCKET_POLICY.maximum:,} for {BUCKET_POLICY.document}"
        )
        faults.add(key, found, BUCKET_POLICY.helps)


def _loaded(text: str) -> tuple[dict[str, object], list[tuple[Mapping[str, object], Statement]]]:
    """What a policy has beside its statements, and each of these as JSON and as what it means."""
    document = parse_document(text, PolicyKind.RESOURCE)
    data = json.loads(text, parse_float=_kept_float, parse_int=_kept_integer)
    _check_characters(data)
    frame = {name: None if name == "Statement" else value for name, value in data.items()}
    statements = data["Statement"] if isinstance(data["Statement"], list) else [data["Statement"]]
    return frame, list(zip(statements, document.statements, strict=True))


def _framed(frame: Mapping[str, object], statements: Sequence[object]) -> str:
    data = {name: statements if name == "Statement" else value for name, value in frame.items()}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _foreign_part(text: str | None) -> str | None:
    return None if text is None else without_ours(text)


def _meaning(text: str) -> tuple[str | None, str | None, list[str]]:
    document = parse_document(text, PolicyKind.RESOURCE)
    return document.version, document.id, _meanings(document.statements)


def _meanings(statements: Sequence[Statement]) -> list[str]:
    return sorted(canonical_json(Document(statements=(statement,))) for statement in statements)


def _kept_float(literal: str) -> float:
    number = float(literal)
    if repr(number) != literal:
        raise PolicyError(f"the number {literal} cannot be kept as it is written: put it in quotes")
    return number


def _kept_integer(literal: str) -> int:
    number = int(literal)
    if str(number) != literal:
        raise PolicyError(f"the number {literal} cannot be kept as it is written: put it in quotes")
    return number


def _check_characters(data: object) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise PolicyError(
            f"half of a character {shown(error.object[error.start])}: no text holds it"
        ) from None
