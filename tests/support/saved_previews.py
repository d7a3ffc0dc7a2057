"""Previews and states of the real engine, saved in `tests/previews/` for tests that run without it.

`python -m tests.support.saved_previews` makes them anew. Taken out of them is what differs from run to run
and from machine to machine: times, paths, stack traces, seeds and ids.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.control import running_sandbox
from sandbox.folder import SandboxFolder
from sandbox.progress import Progress
from sandbox.running import Sandbox
from tests.support.people import People
from tests.support.stacks import Settings, Stack, grant, new_stack, owner

FOLDER = Path(__file__).parents[1] / "previews"
BUCKET = "shared-111111222222"
ADOPTED = "adopted-111111222222"
OWNER, REQUESTER = "shown-a", "shown-b"
"""The stacks' names in the sandbox, which has an account-a and an account-b of its own."""
THEIRS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Reader",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111222222:root"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{ADOPTED}/*",
        }
    ],
}
"""What an adopted bucket's policy holds before."""
_NAMES = {OWNER: "account-a", REQUESTER: "account-b"}
_DROPPED = {
    "created",
    "dependencies",
    "duration",
    "modified",
    "secrets_providers",
    "seed",
    "sourcePosition",
    "stackTrace",
}
_ZEROS = "00000000-0000-4000-8000-000000000000"
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_UNKNOWN = re.compile(r"\A(04da6b54|1c4a061d|3eeb2bf0|6a19a0b0|dd056dcd)-")
_UNIQUE_ID = re.compile(r"\b(AROA|AIDA|AGPA|ANPA|AKIA)[A-Z0-9]{16,17}\b")
_TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_MEMBERSHIP = re.compile(r"\bterraform-[0-9a-f]{26}\b")


@dataclass(kw_only=True)
class Saved:
    """What was made so far: JSON by the name of its file."""

    sandbox: Sandbox
    files: dict[str, Any] = field(default_factory=dict)  # Any: JSON

    def preview(self, stack: Stack, name: str, *more: str, same: bool = True, works: bool = True) -> None:
        """Preview a stack; save the preview, and the part of its plan that tells the outputs."""
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "plan.json"
            arguments = (*(("--show-sames",) if same else ()), "--save-plan", str(plan), *more)
            ended = stack.preview("--json", *arguments)
            if works:
                ended.checked(f"the preview {name}")
                self.files[f"{name}.plan.json"] = normal(_outputs_only(json.loads(plan.read_text("utf-8"))))
        self.files[f"{name}.json"] = normal(json.loads(ended.out))

    def state(self, stack: Stack, name: str) -> None:
        """Save a stack's state."""
        ended = self.sandbox.pulumi("stack", "export", "-s", stack.name).checked(f"exporting {name}")
        self.files[f"{name}.state.json"] = normal(json.loads(ended.out))


def grants(**changed: Settings | None) -> list[Settings]:
    """The grants of the stack that everything is compared with; one may be another, or left out."""
    usual: dict[str, Settings | None] = {
        "reports": grant("reports", "user/bob", access=["read", "list"], prefixes=["reports/2026/"]),
        "exchange": grant(
            "exchange", "user/bob", method="assume-role", roleName="exchange-role", access=["read", "write"]
        ),
        "audit": grant(
            "audit",
            "user/bob",
            conditions={"sourceIp": ["203.0.113.0/24"], "expires": "2031-01-31"},
        ),
    }
    return [one for one in {**usual, **changed}.values() if one is not None]


OWNER_CHANGES: Mapping[str, Settings] = {
    "unchanged": owner(BUCKET, grants()),
    "grant-added": owner(
        BUCKET, grants(inbox=grant("inbox", "user/bob", access=["write"], prefixes=["inbox/"]))
    ),
    "grant-removed": owner(BUCKET, grants(reports=None)),
    "prefix-widened": owner(
        BUCKET, grants(reports=grant("reports", "user/bob", access=["read", "list"], prefixes=["reports/"]))
    ),
    "condition-added": owner(
        BUCKET,
        grants(
            reports=grant(
                "reports",
                "user/bob",
                access=["read", "list"],
                prefixes=["reports/2026/"],
                conditions={"sourceIp": ["203.0.113.0/24"], "expires": "2031-01-31"},
            )
        ),
    ),
    "condition-dropped": owner(BUCKET, grants(audit=grant("audit", "user/bob"))),
    "switched-to-role": owner(
        BUCKET,
        grants(
            reports=grant(
                "reports",
                "user/bob",
                method="assume-role",
                roleName="reports-role",
                access=["read", "list"],
                prefixes=["reports/2026/"],
            )
        ),
    ),
    "switched-to-policy": owner(
        BUCKET, grants(exchange=grant("exchange", "user/bob", access=["read", "write"]))
    ),
    "bucket-renamed": owner(f"new-{BUCKET}", grants()),
    "key-made": {**owner(BUCKET, grants()), "encryption": {"type": "kms"}},
    "rewritten": owner(
        BUCKET,
        grants(
            exchange=grant(
                "exchange-files",
                "user/bob",
                method="assume-role",
                roleName="exchange-role",
                access=["read", "write"],
                prefixes=["exchange/"],
            ),
            reports=None,
            papers=grant("papers", "user/bob", access=["list", "read"], prefixes=["reports/2026/"]),
        ),
    ),
    "everyone-of-an-account": owner(
        BUCKET, grants(all=grant("all", "account", access=["read"], prefixes=[]))
    ),
}
"""Config of the owner's stack that is previewed over the usual one, by the name of the preview."""
MADE: Settings = {
    "side": "requester",
    "ownerStack": OWNER,
    "attachTo": {"reports": ["group/readers"], "audit": ["user/apps/erin"], "exchange": ["role/worker"]},
    "create": [
        {"principal": "group/readers", "members": ["user/bob"]},
        {"principal": "user/apps/erin", "permissionsBoundary": "make"},
        {"principal": "role/worker", "assumedBy": ["ec2.amazonaws.com"]},
    ],
}
"""A requester's stack that makes a group, a user with a path and a boundary, and a role."""
FOR_MADE = owner(
    BUCKET,
    [
        grant("reports", "user/bob", access=["read", "list"], prefixes=["reports/2026/"]),
        grant("audit", "user/apps/erin"),
        grant("exchange", "role/worker", method="assume-role", roleName="exchange-role"),
        grant("queries", "permission-set/Analysts"),
    ],
)


def make(sandbox: Sandbox) -> dict[str, Any]:  # Any: JSON
    """Make all of them with the real engine; nothing stays deployed."""
    saved = Saved(sandbox=sandbox)
    with _stacks(sandbox) as (a, b):
        saved.preview(a, "first")
        a.up()
        saved.state(a, "account-a")
        saved.preview(b, "requester-first")
        b.up()
        saved.state(b, "account-b")
        for name, settings in OWNER_CHANGES.items():
            a.configure(settings)
            saved.preview(a, name)
        a.configure(OWNER_CHANGES["unchanged"])
        saved.preview(b, "requester-unchanged", "--refresh")
        saved.preview(b, "without-sames", same=False)
        _edit_by_hand(sandbox)
        saved.preview(a, "edited-by-hand", "--refresh")
        a.configure({**owner(BUCKET, []), "bucketName": "NOT A NAME"})
        saved.preview(a, "failed", works=False)
        a.configure(OWNER_CHANGES["grant-added"])
        a.up()
        saved.preview(b, "requester-grant-added")
        a.configure(OWNER_CHANGES["key-made"])
        a.up()
        saved.state(a, "account-a-with-key")
        a.configure({**OWNER_CHANGES["grant-added"], "encryption": {"type": "kms"}})
        saved.preview(a, "key-policy-changed")
        a.configure(FOR_MADE)
        a.up()
        b.configure(MADE)
        saved.preview(b, "requester-makes-principals")
        b.up()
        saved.state(b, "account-b-with-principals")
    _adopt(sandbox, saved)
    return saved.files


@contextmanager
def _stacks(sandbox: Sandbox) -> Iterator[tuple[Stack, Stack]]:
    a = new_stack(sandbox, OWNER, OWNER_CHANGES["unchanged"])
    b = new_stack(sandbox, REQUESTER, {"side": "requester", "ownerStack": OWNER})
    try:
        yield a, b
    finally:
        _destroy(sandbox, b, a)


def _edit_by_hand(sandbox: Sandbox) -> None:
    """Somebody opens the bucket to a third account, and the role to more."""
    people = People(cloud=sandbox.cloud)
    s3, iam = people.s3("account-a"), people.iam("account-a")
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    policy["Statement"].append(
        {
            "Sid": "ByHand",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
            "Action": "s3:DeleteObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
    )
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    trust: Any = iam.get_role(RoleName="exchange-role")["Role"]["AssumeRolePolicyDocument"]  # Any: JSON
    trust["Statement"][0].pop("Condition")
    iam.update_assume_role_policy(RoleName="exchange-role", PolicyDocument=json.dumps(trust))


def _adopt(sandbox: Sandbox, saved: Saved) -> None:
    """A bucket that was there before, with a policy of others."""
    s3 = People(cloud=sandbox.cloud).s3("account-a")
    s3.create_bucket(Bucket=ADOPTED, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_policy(Bucket=ADOPTED, Policy=json.dumps(THEIRS))
    settings: Settings = {
        "side": "owner",
        "existingBucket": ADOPTED,
        "grants": [grant("reports", "user/bob")],
    }
    stack = new_stack(sandbox, "shown-adopted", settings)
    try:
        saved.preview(stack, "adopted-first")
        stack.up()
        stack.configure({**settings, "grants": []})
        saved.preview(stack, "adopted-emptied")
    finally:
        stack.configure(settings)
        _destroy(sandbox, stack)
        s3.delete_bucket(Bucket=ADOPTED)


def _destroy(sandbox: Sandbox, *stacks: Stack) -> None:
    for stack in stacks:
        sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", stack.name).checked("destroy")


def normal(data: Any) -> Any:  # Any: JSON
    """What the engine wrote, without what differs from run to run and from machine to machine."""
    text = json.dumps(_without(data))
    text = re.sub(rf"(pulumi:providers:[\w-]+::[\w-]+::){_UUID.pattern}", rf"\g<1>{_ZEROS}", text)
    text = _TIME.sub("2026-01-01T00:00:00Z", text)
    for pattern, number in (
        (_UUID, _numbered_uuid),
        (_UNIQUE_ID, _numbered_id),
        (_MEMBERSHIP, _numbered_hex),
    ):
        text = _numbered(text, pattern, number)
    for name, shown in {**_NAMES, "shown-adopted": "account-a-adopted"}.items():
        text = re.sub(rf"\b{name}\b", shown, text)
    return json.loads(text)


def _without(value: Any) -> Any:  # Any: JSON
    if isinstance(value, dict):
        if str(value.get("type")).startswith("pulumi:providers:"):
            value = {**value, "id": _ZEROS}
        manifest = {"time": "2026-01-01T00:00:00Z", "version": "v3.259.0"}
        return {
            key: manifest if key == "manifest" else _without(one)
            for key, one in value.items()
            if key not in _DROPPED
        }
    return [_without(one) for one in value] if isinstance(value, list) else value


def _numbered(text: str, pattern: re.Pattern[str], number: Callable[[str, int], str]) -> str:
    """Give each text that the pattern finds a number, the same one wherever it stands.

    What keeps its own takes none: the engine writes it before the others or behind them.
    """
    found: dict[str, str] = {}

    def of(match: re.Match[str]) -> str:
        whole = match.group()
        numbered = number(whole, len(found) + 1)
        return whole if numbered == whole else found.setdefault(whole, numbered)

    return pattern.sub(of, text)


def _numbered_uuid(whole: str, number: int) -> str:
    if whole == _ZEROS or _UNKNOWN.match(whole):
        return whole
    return f"00000000-0000-4000-8000-{number:012}"


def _numbered_id(whole: str, number: int) -> str:
    return f"{whole[:4]}{number:017}"


def _numbered_hex(_: str, number: int) -> str:
    return f"terraform-{number:026}"


def _outputs_only(plan: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
    stacks = {urn: one for urn, one in plan["resourcePlans"].items() if "::pulumi:pulumi:Stack::" in urn}
    return {**plan, "config": {}, "resourcePlans": stacks}


def written(data: Any, depth: int = 0) -> str:  # Any: JSON
    """Write JSON with a resource or a step on each line."""
    if depth < 2 and isinstance(data, dict) and data:
        inner = (f"{json.dumps(key)}: {written(value, depth + 1)}" for key, value in data.items())
        return "{\n" + ",\n".join(inner) + "\n}"
    if isinstance(data, list) and data:
        return "[\n" + ",\n".join(map(json.dumps, data)) + "\n]"
    return json.dumps(data)


def write(files: Mapping[str, Any], folder: Path = FOLDER) -> None:  # Any: JSON
    """Save them in the place of those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for name, data in files.items():
        (folder / name).write_text(written(data) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as made,
        running_sandbox(SandboxFolder(root=Path(made) / "sandbox"), Progress()) as running,
    ):
        write(make(running))
