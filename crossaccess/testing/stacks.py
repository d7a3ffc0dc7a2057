"""Both sides as they would be deployed, and what tests ask of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crossaccess.decide import Decision
from crossaccess.deployment.picture import Picture
from crossaccess.testing.asking import answers, text_of
from crossaccess.testing.errors import StackError

_NOTHING: Mapping[str, str | Sequence[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """What stands in the accounts; `warnings` is what was warned of."""

    picture: Picture = field(repr=False)
    warnings: tuple[str, ...] = ()

    def assert_allows(
        self,
        principal: str,
        action: str,
        resource: str,
        *,
        context: Mapping[str, str | Sequence[str]] | None = None,
    ) -> None:
        """Fail unless the principal gets in, by the bucket's policy or by a role that it assumes.

        `principal` is a user's name, `role/NAME` and so on, an ARN, or a grant's name, which means each of
        its principals by its method. `resource` is an object's key, a prefix to list, nothing for the bucket
        itself, or an ARN. `context` has condition keys with their values (none: the key is not there), beside
        TLS and the time, which is now.

        Raises `AssertionError` with the explanation of `crossaccess explain`; `StackError` where the question
        is none, or nobody can tell for want of a policy that no stack here holds.
        """
        __tracebackhide__ = True
        self._check(principal, action, resource, context, wanted=(Decision.ALLOWED,))

    def assert_denies(
        self,
        principal: str,
        action: str,
        resource: str,
        *,
        context: Mapping[str, str | Sequence[str]] | None = None,
    ) -> None:
        """Fail unless the principal is surely refused, by whatever method. The rest is as `assert_allows`."""
        __tracebackhide__ = True
        self._check(principal, action, resource, context, wanted=(Decision.DENIED, Decision.NOT_ALLOWED))

    def _check(
        self,
        principal: str,
        action: str,
        resource: str,
        context: Mapping[str, str | Sequence[str]] | None,
        *,
        wanted: tuple[Decision, ...],
    ) -> None:
        __tracebackhide__ = True
        said = {
            key: (value,) if isinstance(value, str) else tuple(value)
            for key, value in (_NOTHING if context is None else context).items()
        }
        found = answers(self.picture, principal, action, resource, said)
        failing = [one for one in found if one.decision not in wanted]
        if not failing:
            return
        # Where no `context` could settle it, a stack is missing: the test itself is not wrong.
        in_doubt = all(one.decision is Decision.UNKNOWN and not one.ask for one in failing)
        raise (StackError if in_doubt else AssertionError)(text_of(failing))
