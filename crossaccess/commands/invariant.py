"""What `prove --never` is asked: `ACTION[, ACTION] on ARN [except PRINCIPAL, PRINCIPAL]`.

A sentence that could only be proven because it is mistyped is refused: an action that AWS does not have, an
action that is asked on no such resource, a principal that nobody knows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.compare.effort import TooHardError
from crossaccess.compare.prove import Proof, ProofKind, never
from crossaccess.compare.services import ResourceType, actions_matching, as_of, resource_types_of
from crossaccess.compare.shapes import glob, resource
from crossaccess.compare.targets import targets_of
from crossaccess.compare.texts import Texts, of
from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Picture
from crossaccess.policy.arn import is_account_id, parse_arn
from crossaccess.report.proof import Question

SHAPE: Final = "'ACTION on ARN', such as 's3:DeleteObject on arn:aws:s3:::BUCKET/*'"
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+", re.ASCII)
_SERVICES: Final = ("s3", "kms", "sts")
"""Whose actions are asked on what a picture holds: buckets, keys and roles."""
_LOOKED_AT: Final = ("bucket", "object", "key", "role")
_IDENTITIES: Final = ("iam", "sts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """Nobody can do any of the `actions` on the ARNs that `where` is the pattern of, `but` for some.

    `named` are these as the user named them, `but` the patterns of their ARNs.
    """

    actions: tuple[str, ...]
    where: str
    named: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    @property
    def question(self) -> Question:
        """The same in words."""
        spared = f" except {', '.join(self.named)}" if self.named else ""
        does = f"can do {', '.join(self.actions)} on {self.where}"
        return Question(
            holds=f"by the policies given, nobody{spared} {does}",
            fails=f"by the policies given, somebody {does}",
            changes=False,
        )

    def proof(self, picture: Picture) -> Proof:
        """Prove it, where the picture holds the policies of what it is about."""
        proof = never(picture, self.actions, self.where, but=self.but)
        if proof.kind is ProofKind.COUNTEREXAMPLE or self._is_held(picture):
            return proof
        reason = f"no source here holds the policy of {self.where}, which may let somebody"
        return Proof(kind=ProofKind.UNKNOWN, changes=proof.changes, reasons=(*proof.reasons, reason))

    def _is_held(self, picture: Picture) -> bool:
        """Whether the picture holds the policy of each resource that is asked about."""
        held = (
            shape
            for target in targets_of(picture).values()
            for shape in (glob(target.arn), glob(f"{target.objects}*"))
        )
        try:
            return of(resource(self.where)).inside(of(*held))
        except TooHardError:
            return False


def read_invariant(sentence: str, but: Sequence[str], picture: Picture) -> Invariant:
    """Read a sentence, and who else is spared. Raises `SourceError` with what would be right."""
    asked, *rest = re.split(r"\s+except\s+", sentence.strip(), maxsplit=1)
    words = re.split(r"\s+on\s+", asked, maxsplit=1)
    if len(words) != 2:
        raise SourceError(f"--never {sentence!r} is no sentence like {SHAPE}")
    actions = tuple(_split(words[0]))
    where = words[1].strip()
    _check(actions, where)
    named = tuple(dict.fromkeys((*but, *(one for part in rest for one in _split(part)))))
    return Invariant(
        actions=actions,
        where=where,
        named=named,
        but=tuple(pattern for one in named for pattern in _patterns(one, picture)),
    )


def _split(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(",") if part.strip())


def _check(actions: Sequence[str], where: str) -> None:
    if not actions:
        raise SourceError(f"--never names no action: it is a sentence like {SHAPE}")
    if parse_arn(where) is None:
        raise SourceError(f"--never is about {where!r}, which is no ARN: such as arn:aws:s3:::BUCKET/*")
    asked = of(resource(where))
    for action in actions:
        service = action.partition(":")[0].lower()
        if not _ACTION.fullmatch(action) or service not in _SERVICES:
            raise SourceError(
                f"--never names {action!r}: give an action of {', '.join(_SERVICES)}, such as s3:DeleteObject"
            )
        known = actions_matching((action,), (service,))
        if not known:
            raise SourceError(f"no action is called {action} in AWS's list of {as_of()}: check its spelling")
        types = [one for name in known for one in resource_types_of(name) if one.name in _LOOKED_AT]
        if all(asked.meet(_texts(one)).is_empty() for one in types):
            like = " or ".join(dict.fromkeys(one.pattern for one in types)) or "no bucket, key or role"
            raise SourceError(f"{action} is never asked on {where}, but on {like}: this would prove nothing")


def _texts(kind: ResourceType) -> Texts:
    return Texts(within=((glob(kind.pattern),),), without=tuple(map(glob, kind.spared)))


def _patterns(named: str, picture: Picture) -> tuple[str, ...]:
    """The patterns of `aws:PrincipalArn` of somebody who is spared."""
    if is_account_id(named):
        return tuple(f"arn:*:{service}::{named}:*" for service in _IDENTITIES)
    arn = parse_arn(named)
    if arn is not None:
        if arn.service == "sts" and arn.resource.startswith("assumed-role/"):
            raise SourceError(f"--except {named} is one session of a role: give the role's own ARN")
        return (named,)
    found = {one.account: one.arn_patterns for one in picture.principals if one.label == named}
    patterns = [each for each in found.values() if each]
    if len(patterns) == 1:
        return patterns[0]
    if patterns:
        accounts = ", ".join(str(account) for account in found)
        raise SourceError(f"--except {named} is a principal of several accounts ({accounts}): give its ARN")
    known = sorted(one.label for one in picture.principals if one.arn_patterns)
    raise SourceError(
        f"--except {named} is no principal that a source here holds ({', '.join(known[:10]) or 'none'}): "
        "give its ARN, such as arn:aws:iam::112233445566:user/bob"
    )
