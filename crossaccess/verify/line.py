"""One line of a verification: a call, who makes it, and what came of it."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Call(Enum):
    """What is called, as people say it."""

    ASSUME = "assume the role"
    ASSUME_WRONG = "assume the role with a wrong ExternalId"
    ASSUME_WITHOUT = "assume the role without an ExternalId"
    PUT = "put"
    GET = "get"
    HEAD_PLAIN = "head over plain HTTP"
    LIST = "list"
    MULTIPART = "upload in parts"
    ABORT = "abort an upload in parts"
    DELETE = "delete"


class By(Enum):
    """With whose credentials a call is made."""

    OWN = "own keys"
    ROLE = "the role"


class Aim(Enum):
    """What a line is there to show."""

    GRANTED = "what the grant gives"
    WITHHELD = "what the grant does not give"
    ELSEWHERE = "another prefix"
    OTHER_METHOD = "another method"
    UNTRUSTED = "a wrong ExternalId"
    PLAIN_HTTP = "plain HTTP"


ASSUMING: Final = frozenset({Call.ASSUME, Call.ASSUME_WRONG, Call.ASSUME_WITHOUT})
ON_A_PROBE: Final = frozenset({Call.GET, Call.HEAD_PLAIN, Call.DELETE})
"""Calls for an object that has to be there."""
WRITING: Final = frozenset({Call.PUT, Call.MULTIPART, Call.ABORT, Call.DELETE})
"""Calls that change something where they are let through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One call. `place` is the prefix under which it is made, or the role's ARN."""

    grant: str
    bucket: str
    by: By
    call: Call
    place: str
    aim: Aim

    @property
    def asked(self) -> str:
        """The call in words, without where."""
        return self.call.value


class Reply(Enum):
    """What AWS did with a call."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"
    """Something else came of it than a yes or a no."""
    NOT_MADE = "not made"
    """The call could not be made, since an earlier one was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a call. `missing`: it was for a name that does not exist, so that a refusal tells less."""

    reply: Reply
    code: str = ""
    status: int | None = None
    message: str = ""
    missing: bool = False

    def __str__(self) -> str:
        # A HEAD's answer has no code but its status.
        told = " ".join(dict.fromkeys(str(part) for part in (self.status, self.code) if part))
        return f"{self.reply.value} ({told})" if told else self.reply.value
