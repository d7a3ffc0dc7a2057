"""Callers whose own policies are known."""

from collections.abc import Iterator
from dataclasses import dataclass

from crossaccess.compare.callers import CallerClass, one_caller
from crossaccess.compare.reading import Own, Stand
from crossaccess.compare.shapes import glob
from crossaccess.compare.statements import differing
from crossaccess.compare.texts import Texts, of
from crossaccess.decide.caller import CallerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Callers whose own policies are known, with what both states say of them."""

    caller: CallerClass
    label: str
    old: Own | None
    new: Own | None
    held: bool
    """Whether a source holds them: no other policies than these are theirs."""
    among: Texts | None = None

    @property
    def is_freed(self) -> bool:
        """Whether what they are denied changes, while they may have other policies than are known."""
        if self.held or self.old is None or self.new is None:
            return False
        denied = [[one for one in own.identity if not one.allows] for own in (self.old, self.new)]
        return self.old.boundary != self.new.boundary or bool(differing(*denied))


def known_in(old: Stand, new: Stand) -> Iterator[Known]:
    """The principals that either state knows, and what groups give their members."""
    for key in dict.fromkeys((*old.principals, *new.principals)):
        principal = new.principals.get(key) or old.principals[key]
        patterns = principal.arn_patterns
        if not patterns or principal.account is None:
            continue
        if principal.arn is not None:
            caller, among = one_caller(principal.arn), None
        else:
            # The roles that AWS makes of a permission set have names that it chooses.
            caller = CallerClass(
                kind=CallerKind.SESSION,
                account=principal.account,
                partition=principal.partition,
                label=principal.label,
            )
            among = of(*map(glob, patterns))
        mine = old.own(key), new.own(key)
        yield Known(
            caller=caller,
            label=principal.label,
            old=mine[0],
            new=mine[1],
            held=principal.held,
            among=among,
        )
    for key in dict.fromkeys((*old.groups, *new.groups)):
        group = new.groups.get(key) or old.groups[key]
        label = f"members of {group.label}"
        members = CallerClass(
            kind=CallerKind.USER, account=group.account, partition=group.partition, label=label
        )
        mine = old.of_group(key), new.of_group(key)
        yield Known(caller=members, label=label, old=mine[0], new=mine[1], held=group.held)
