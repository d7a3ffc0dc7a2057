"""Slow and obvious matchers, written from AWS's documentation and from nothing else.

They are what the fast ones of `crossaccess.decide` are held against, so they share no code with them: each
fills the plain table of dynamic programming, cell by cell.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence


def _table(pattern: str, text: str, *, star: Callable[[int, str], bool], one: Callable[[str], bool]) -> bool:
    """Whether the pattern stands for the text.

    `star(index, character)` tells whether the star at that place of the pattern may swallow the
    character, `one(character)` whether a question mark may.
    """
    reached = [[False] * (len(text) + 1) for _ in range(len(pattern) + 1)]
    reached[0][0] = True
    for row, sign in enumerate(pattern):
        for column in range(len(text) + 1):
            if not reached[row][column]:
                continue
            if sign == "*":
                end = column
                reached[row + 1][end] = True
                while end < len(text) and star(row, text[end]):
                    end += 1
                    reached[row + 1][end] = True
            elif column < len(text) and (one(text[column]) if sign == "?" else sign == text[column]):
                reached[row + 1][column + 1] = True
    return reached[len(pattern)][len(text)]


def glob(pattern: str, text: str) -> bool:
    """`StringLike`: a star is any run of characters, a question mark any one.

    "IAM JSON policy elements: Condition operators".
    """
    return _table(pattern, text, star=lambda _index, _character: True, one=lambda _character: True)


def action(pattern: str, name: str) -> bool:
    """An action: like `glob`, without regard to case ("IAM JSON policy elements: Action")."""
    return glob(pattern.lower(), name.lower())


def resource(pattern: str, arn: str) -> bool:
    """A resource ("IAM JSON policy elements: Resource").

    Wildcards stay inside their colon-separated segment, but for a star that is the last character of one:
    that may run on beyond the colon.
    """

    def last_of_its_segment(index: int) -> bool:
        return index + 1 == len(pattern) or pattern[index + 1] == ":"

    return _table(
        pattern,
        arn,
        star=lambda index, character: character != ":" or last_of_its_segment(index),
        one=lambda character: character != ":",
    )


def resource_lenient(pattern: str, arn: str) -> bool:
    """A resource, if wildcards behind the fifth colon were to match colons, and question marks anywhere."""

    def crosses(index: int) -> bool:
        ends = index + 1 == len(pattern) or pattern[index + 1] == ":"
        return ends or pattern.count(":", 0, index) >= 5

    return _table(
        pattern,
        arn,
        star=lambda index, character: character != ":" or crosses(index),
        one=lambda _character: True,
    )


def arn(pattern: str, value: str) -> bool:
    """`ArnLike`: each of the six colon-delimited parts on its own.

    The sixth part is all that follows the fifth colon ("IAM JSON policy elements: Condition operators").
    """
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) == 6 and all(glob(w, g) for w, g in zip(wanted, given, strict=True))


def _strings(value: object) -> list[str]:
    return (
        [value]
        if isinstance(value, str)
        else [str(item) for item in value]
        if isinstance(value, list)
        else []
    )


def _is_named(principal: object, caller: str) -> bool:
    """Whether a `Principal` element names the user: everyone, its account in one of two ways, or its ARN."""
    account = caller.split(":")[4]
    names = _strings(principal if isinstance(principal, str) else dict(_mapping(principal)).get("AWS"))
    return any(name in {"*", account, f"arn:aws:iam::{account}:root", caller} for name in names)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _applies(statement: Mapping[str, object], caller: str, name: str, target: str) -> bool:
    if "Principal" in statement and not _is_named(statement["Principal"], caller):
        return False
    if "Action" in statement and not any(action(p, name) for p in _strings(statement["Action"])):
        return False
    if "NotAction" in statement and any(action(p, name) for p in _strings(statement["NotAction"])):
        return False
    if "Resource" in statement and not any(resource(p, target) for p in _strings(statement["Resource"])):
        return False
    return not (
        "NotResource" in statement and any(resource(p, target) for p in _strings(statement["NotResource"]))
    )


def _effects(statements: Iterable[Mapping[str, object]], caller: str, name: str, target: str) -> set[object]:
    return {s["Effect"] for s in statements if _applies(s, caller, name, target)}


def across_accounts(
    identity: Sequence[Mapping[str, object]],
    bucket: Sequence[Mapping[str, object]],
    *,
    caller: str,
    action: str,
    target: str,
) -> str:
    """What two accounts' statements without conditions say of a user's request.

    The guide's "Cross-account policy evaluation logic": a deny of either side wins, else both must allow.
    """
    sides = [_effects(identity, caller, action, target), _effects(bucket, caller, action, target)]
    if any("Deny" in side for side in sides):
        return "denied"
    return "allowed" if all("Allow" in side for side in sides) else "not allowed"
