"""Stacks of a test module's own, deployed with the real engine: one bucket and many grants at once."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.accounts import OWNER_ACCOUNT, REGION, REQUESTER_ACCOUNT
from sandbox.process import Finished
from sandbox.running import Sandbox
from tests.support.people import People

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine shows for a value that is not known at preview."""
Settings = Mapping[str, object]
"""A stack's config under `crossaccess:`."""


def owner(bucket: str, grants: Sequence[Settings]) -> Settings:
    """The settings of an owner's stack whose bucket is deleted with all that is in it."""
    return {
        "side": "owner",
        "bucketName": bucket,
        "protect": False,
        "forceDestroy": True,
        "grants": list(grants),
    }


def grant(name: str, *principals: str, **more: object) -> Settings:
    """A grant by a bucket's policy, to read what is under the prefix of its own name."""
    account = {} if all(one.startswith("organ") for one in principals) else {"account": REQUESTER_ACCOUNT}
    usual = {"method": "bucket-policy", "access": ["read"], "prefixes": [f"{name}/"]}
    return {"name": name, "principals": list(principals), **account, **usual, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack; `first` is what the engine said at its very first preview, `told` when it was deployed."""

    sandbox: Sandbox
    name: str
    profile: str
    first: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON
    told: str = ""

    @property
    def warnings(self) -> str:
        """What its first preview warned of."""
        said = self.first["diagnostics"]
        return "\n".join(one["message"] for one in said if one["severity"] == "warning")

    def up(self) -> str:
        """Deploy it as it is configured now; what the engine said of it."""
        ended = self.sandbox.pulumi("up", "--yes", "--skip-preview", "-s", self.name)
        return ended.checked(f"up of {self.name}").text

    def preview(self, *arguments: str) -> Finished:
        """Preview it."""
        return self.sandbox.pulumi("preview", "-s", self.name, *arguments)

    def output(self, name: str) -> Any:  # Any: JSON
        """One of its outputs."""
        told = self.sandbox.pulumi("stack", "output", name, "--json", "-s", self.name)
        return json.loads(told.checked(f"Reading {name} of {self.name}").out)

    def configure(self, settings: Settings) -> None:
        """Write its stack file anew."""
        account = OWNER_ACCOUNT if self.profile == "account-a" else REQUESTER_ACCOUNT
        config: dict[str, object] = {
            "aws:profile": self.profile,
            "aws:region": REGION,
            "aws:allowedAccountIds": [account],
        }
        config |= {f"crossaccess:{key}": value for key, value in settings.items()}
        file = self.sandbox.folder.work / f"Pulumi.{self.name}.yaml"
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        salt = re.search(r"^encryptionsalt: (?P<salt>\S+)$", before, re.MULTILINE)
        written: dict[str, object] = {"config": config}
        if salt is not None:
            written["encryptionsalt"] = salt["salt"]
        # JSON is YAML, too.
        file.write_text(json.dumps(written, indent=2), encoding="utf-8")


def new_stack(sandbox: Sandbox, name: str, settings: Settings) -> Stack:
    """Make a stack with nothing in it; its name is the only one of it in the sandbox."""
    stack = Stack(
        sandbox=sandbox, name=name, profile="account-a" if settings["side"] == "owner" else "account-b"
    )
    stack.configure(settings)
    sandbox.pulumi("stack", "init", name, "--no-select").checked(f"Making the stack {name}")
    return stack


@contextmanager
def deployed(
    sandbox: Sandbox, settings: Mapping[str, Settings], *, previewed: Collection[str] = ()
) -> Iterator[Mapping[str, Stack]]:
    """Deploy stacks, by name and in order, and destroy them again, the last one first.

    Nothing of theirs is left in either account then. Only those that are `previewed` before have a `first`.
    """
    people = People(cloud=sandbox.cloud)
    before = inventory(people)
    with ExitStack() as undoing:
        stacks = {}
        for name, said in settings.items():
            stack = new_stack(sandbox, name, said)
            if name in previewed:
                first = stack.preview("--json").checked(f"preview of {name}").out
                stack = replace(stack, first=json.loads(first))
            undoing.callback(_destroy, stack)
            stacks[name] = replace(stack, told=stack.up())
        yield stacks
    assert inventory(people) == before


def inventory(people: People) -> set[tuple[str, str]]:
    """What is in the two accounts: users, groups, roles, policies and buckets, by their ARNs."""
    found = {("account-a", str(one.get("Name"))) for one in people.s3("account-a").list_buckets()["Buckets"]}
    for profile in ("account-a", "account-b"):
        iam = people.iam(profile)
        found |= {(profile, one["Arn"]) for one in iam.list_users()["Users"]}
        found |= {(profile, one["Arn"]) for one in iam.list_groups()["Groups"]}
        found |= {(profile, one["Arn"]) for one in iam.list_roles()["Roles"]}
        found |= {(profile, str(one.get("Arn"))) for one in iam.list_policies(Scope="Local")["Policies"]}
    return found


def unknowns(preview: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The inputs that a preview does not know, by the type of the resource and their name."""
    return {
        (step["newState"]["type"], name)
        for step in preview["steps"]
        for name, value in step.get("newState", {}).get("inputs", {}).items()
        if UNKNOWN in json.dumps(value)
    }


def _destroy(stack: Stack) -> None:
    ended = stack.sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", stack.name)
    ended.checked(f"destroy of {stack.name}")
