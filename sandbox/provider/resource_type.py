"""What every resource type looks like to the provider: one row of the registry."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.provider.account import Account
from sandbox.provider.properties import Property, same, settled
from sandbox.provider.values import Record, has_unknown

_SUFFIX_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One resource type: the properties it takes and the four things to do with it.

    The four functions speak to AWS and deal in plain values. `read` gets
    the id and the state as it was last known, and returns None for what is gone.
    Without `update`, a change either replaces or concerns only what the program alone knows.
    """

    token: str
    """Such as `aws:s3/bucket:Bucket`."""
    properties: tuple[Property, ...]
    computed: tuple[str, ...] = ()
    """Outputs that only AWS can tell, unknown in the preview of a new resource."""
    automatic_name: str | None = None
    """The property that gets the resource's name and a random suffix when the program gives none."""
    create: Callable[[Account, Record], str]
    read: Callable[[Account, str, Record], Record | None]
    update: Callable[[Account, str, Record, Record], None] | None = None
    delete: Callable[[Account, str, Record], None]

    @property
    def regional(self) -> bool:
        """Whether the resource has the `region` property of version 7's regional types."""
        return any(item.name == "region" for item in self.properties)

    def checked(self, given: Record, old: Record, *, account: Account, name: str, seed: bytes) -> Record:
        """Return the inputs to keep: policies as text, defaults and the automatic name filled in.

        A policy that only is written differently than before keeps its old text, so that it is no change.
        """
        inputs: Record = {}
        for item in self.properties:
            value = settled(item, given.get(item.name, item.default))
            if value is None:
                continue
            before = old.get(item.name)
            unchanged = (
                before is not None and not has_unknown([value, before]) and same(item.kind, value, before)
            )
            inputs[item.name] = before if unchanged and value else value
        if self.regional:
            inputs.setdefault("region", account.region)
        if any(item.name == "tags" for item in self.properties) and account.default_tags:
            inputs["tags"] = {**account.default_tags, **inputs.get("tags", {})}
        if self.automatic_name is not None and self.automatic_name not in inputs:
            inputs[self.automatic_name] = _automatic_name(name, old.get(self.automatic_name), seed)
        return inputs

    def replaced_by(self, state: Record, inputs: Record) -> list[str]:
        """Return the properties whose new values need a new resource."""
        return [
            item.name
            for item in self.properties
            if item.replaces and not same(item.kind, state.get(item.name), inputs.get(item.name))
        ]

    def refusals(self, state: Record, inputs: Record) -> list[str]:
        """Return the reasons against an update in place, each with its property; empty if there are none."""
        return [
            f"{item.name} of {self.token} {item.fixed}"
            for item in self.properties
            if item.fixed and not same(item.kind, state.get(item.name), inputs.get(item.name))
        ]

    def name_collides(self, state: Record, inputs: Record, name: str) -> bool:
        """Whether old and new resource would bear one explicit name, so that the old must go first."""
        if self.automatic_name is None or has_unknown(inputs.get(self.automatic_name)):
            return False
        wanted = inputs.get(self.automatic_name)
        return state.get(self.automatic_name) == wanted and not _is_automatic(name, wanted)

    def outputs(self, wanted: Record, live: Record) -> Record:
        """Return a resource's state: what AWS tells, in the program's writing where that means the same."""
        state = dict(live)
        for item in self.properties:
            value = wanted.get(item.name)
            if value is not None and (not item.live or same(item.kind, value, live.get(item.name))):
                state[item.name] = value
            elif value is None and not item.live and item.default is not None:
                state[item.name] = item.default
        return {key: value for key, value in state.items() if value is not None}

    def inputs_of(self, state: Record, old: Record) -> Record:
        """Return the inputs that a state stands for, as close to the old inputs as AWS's answer allows.

        What nobody asked for and is there all the same (a tag set by hand) becomes an input, so that the
        next preview shows that it will go. With no old inputs (import, `.get()`) everything is told.
        """
        inputs: Record = {}
        for item in self.properties:
            value = state.get(item.name)
            if value is None:
                continue
            asked_for = item.name in old or (not old and item.default is not None)
            if asked_for or (item.live and not same(item.kind, item.default, value)):
                inputs[item.name] = value
        return inputs


def _automatic_name(name: str, before: object, seed: bytes) -> str:
    if isinstance(before, str) and _is_automatic(name, before):
        return before
    digits = hashlib.sha256(seed or os.urandom(16)).hexdigest()[:_SUFFIX_DIGITS]
    return f"{name}-{digits}"


def _is_automatic(name: str, value: object) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{{_SUFFIX_DIGITS}}}", value) is not None
    )
