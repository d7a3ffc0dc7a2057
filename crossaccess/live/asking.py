"""One reading call, and what comes of it: an answer, nothing there, or no right to know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import ClientError

from crossaccess.deployment.seen import Unread
from crossaccess.live.sessions import DEAD, told

_Answer = TypeVar("_Answer")
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """AWS says that there is no such thing, by its error code."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks with somebody's credentials. `by` is who they are of, for people: `the profile admin-b`."""

    by: str

    def ask(
        self, call: Callable[[], _Answer], permission: str, *, missing: frozenset[str]
    ) -> _Answer | Missing | Unread:
        """Make a call that takes a permission; `missing` are the codes that say that nothing is there.

        Whatever else AWS answers, to the lack of the permission before all, leaves the thing unread. Raises
        `LiveError` where no further call can be answered: the credentials have expired, nobody is there.
        """
        with told(self.by):
            try:
                return call()
            except ClientError as error:
                said = error.response.get("Error", {})
                code = str(said.get("Code", "")) or "an error without a code"
                if code in DEAD:
                    raise
                if code in missing:
                    return Missing(code=code)
                message = str(said.get("Message", ""))[:_LONGEST]
                return Unread(permission=permission, reason=f"{code}: {message}" if message else code)
