"""What somebody who asks can do next, in the words of the place where they ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """How more is told to whoever answers, and how a stack gets what it lacks.

    `context` writes condition keys with their values as they are told. `unread` says how a policy is given
    that nobody can read, `others` where a principal may have further policies. `lagging` is for a `{stack}`
    whose policies do not have a `{grant}` for `{who}`, `following` for one whose owner does not grant it yet.
    """

    context: Callable[[Sequence[tuple[str, str]]], str]
    unread: str
    others: str
    lagging: str
    following: str


def _options(told: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"--context {key}={value}" for key, value in told)


COMMAND_LINE: Final = Hints(
    context=_options,
    unread="give it by --policies, as a folder of documents, or the stack that holds it",
    others="there may be others, which --policies and --profile add",
    lagging="deploy it, the grant {grant} covers this and its policies do not have it: pulumi up -s {stack}",
    following="deploy it after the owner's, whose grant it then takes up",
)
