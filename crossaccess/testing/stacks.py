"""Both sides as they would be deployed, and what tests ask of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.decide import Decision
from crossaccess.deployment.picture import Picture
from crossaccess.testing.answering import Asked, answer

_NOTHING: Mapping[str, str | Sequence[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """What stands in the accounts; `names` are the stacks by account, `warnings` what was warned of."""

    picture: Picture
    names: Mapping[str, str]
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
        its principals by its method. `resource` is an object's key, a prefix to list, or an ARN. `context`
        has condition keys with their values, beside TLS and the time, which is now.

        Raises `AssertionError` with the explanation, `StackError` where the question is none.
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
        asked = Asked(principal=principal, action=action, resource=resource, context=said)
        for answered in answer(self.picture, asked, self.names):
            if answered.decision not in wanted:
                raise AssertionError(answered.text)
