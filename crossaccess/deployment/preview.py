"""A saved preview, which `pulumi preview --json --show-sames` writes: the stack before, and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.notes import Happening, note_of
from crossaccess.deployment.resources import Resource, Snapshot, deployed, outputs_of, resource_of
from crossaccess.deployment.staying import Apart, still_true, what_stays, what_was_there
from crossaccess.deployment.types import PRINCIPALS
from crossaccess.deployment.values import given, mapping_of, number_of, text_of, why_unreadable

COMMAND = "pulumi preview --json --show-sames -s STACK > PREVIEW.json"
"""How a preview is made that can be read."""

_GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced"})
_PASSING = frozenset({"refresh", "remove-pending-replace"})
_ANEW = frozenset({"create", "replace", "create-replacement", "read-replacement", "import-replacement"})
_COMPUTED = (
    "arn",
    "bucket",
    "inlinePolicies",
    "keyId",
    "managedPolicyArns",
    "name",
    "outputs",
    "path",
    "policy",
)
"""What AWS keeps of a resource where the program says nothing of it, as far as it matters here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A preview: the stack as it is, and as it will be. `notes` are sentences for people."""

    old: Snapshot
    new: Snapshot
    notes: tuple[str, ...] = ()


def read_preview(data: Mapping[str, object], *, outputs: Mapping[str, object] | None = None) -> Preview:
    """Read a preview. Raises `SourceError` where it failed, or leaves the unchanged resources out.

    `outputs` are the stack's new outputs, which a preview does not tell; by default they are the old ones.
    """
    old: dict[tuple[str, str | None], Resource] = {}
    new: dict[str, Resource] = {}
    happenings = [one for step in _steps(data) if (one := _happening(step)) is not None]
    for one in happenings:
        there = one.was
        if there is None and one.will is not None and one.operation == "create":
            there = what_was_there(one.will)
        if there is not None:
            old.setdefault((there.urn, there.id), there)
        if one.will is not None and one.operation in _GONE:
            new.setdefault(one.will.urn, one.will)
        elif one.will is not None:
            new[one.will.urn] = one.will
    olds = tuple(old.values())
    apart = Apart(olds)
    news = tuple(apart.without(one) if one.type in PRINCIPALS else one for one in new.values())
    said, config = outputs_of(olds), mapping_of(data.get("config"))
    said_then = still_true(said, olds, news) if outputs is None else outputs
    notes = [note for one in happenings if (note := note_of(one)) is not None]
    return Preview(
        old=Snapshot(resources=olds, outputs=said, config=config),
        new=Snapshot(resources=news, outputs=said_then, config=config),
        notes=tuple(dict.fromkeys(notes)),
    )


def _happening(step: Mapping[str, object]) -> Happening | None:
    """What a step does; `None` for one that changes nothing by itself."""
    operation = step.get("op")
    if not isinstance(operation, str) or operation in _PASSING:
        return None
    before = mapping_of(step.get("oldState"))
    was = deployed(before)
    if operation in _GONE:
        will = None if was is None else what_stays(was, retained=before.get("retainOnDelete") is True)
    else:
        will = _planned(mapping_of(step.get("newState")), None if operation in _ANEW else was)
    return Happening(operation=operation, was=was, will=will)


def _planned(raw: Mapping[str, object], was: Resource | None) -> Resource | None:
    """A resource as it will be: what the program gives, and what AWS keeps of the one that stays."""
    kept = {} if was is None else {name: was.values[name] for name in _COMPUTED if name in was.values}
    told = {
        name: value
        for name, value in given(raw.get("outputs")).items()
        if name in _COMPUTED and why_unreadable(value) is None
    }
    will = resource_of(raw, {**kept, **told, **given(raw.get("inputs"))})
    if will is not None and will.id is None and was is not None:
        return replace(will, id=was.id)
    return will


def _steps(data: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    _check_succeeded(data)
    listed = data.get("steps") or []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SourceError(f"its steps are no list of steps: make the preview again, {COMMAND}")
    counted = number_of(mapping_of(data.get("changeSummary")).get("same"))
    held = sum(one.get("op") == "same" for one in listed)
    # Told at the stack's own resource, whose step is always there.
    if counted is not None and held < counted:
        raise SourceError(
            f"it was made without --show-sames: {counted - held} of {counted} unchanged resources are not in "
            f"it, and their policies count too. Make it again: {COMMAND}"
        )
    return listed


def _check_succeeded(data: Mapping[str, object]) -> None:
    errors = messages(data, "error")
    if errors:
        lines = [line for text in errors for line in text.splitlines()]
        raise SourceError("the preview failed:\n" + "\n".join(f"  {line}" for line in lines))


def messages(data: Mapping[str, object], severity: str) -> tuple[str, ...]:
    """What the engine says in a preview, of a severity such as `error`, without its own first word."""
    said = data.get("diagnostics")
    told = [mapping_of(one) for one in (said if isinstance(said, list) else [])]
    texts = [text_of(one.get("message")) for one in told if one.get("severity") == severity]
    return tuple(text.removeprefix(f"{severity}: ").strip() for text in texts if text is not None)
