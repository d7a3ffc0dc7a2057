"""What people get wrong, told by the real engine: one message at preview, no traceback, nothing deployed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.folder import PROJECT_ROOT
from sandbox.running import Sandbox
from sandbox.scene import Scene
from sandbox.workdir import stack_text

pytestmark = pytest.mark.sandbox

NewStack = Callable[[str], str]


def committed(stack: str, *changes: tuple[str, str]) -> str:
    """Return the committed stack file as the sandbox has it, with these texts replaced."""
    text = stack_text((PROJECT_ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def refusal(sandbox: Sandbox, stack: str) -> str:
    """Try to deploy a stack, which is refused at its preview; return the one message that a person gets."""
    ended = sandbox.pulumi("up", "--yes", "--stack", stack)
    assert ended.status != 0, ended.text
    assert "Traceback" not in ended.text
    assert "Updating (" not in ended.text
    exported = sandbox.pulumi("stack", "export", "--stack", stack).checked("Reading the state").out
    assert json.loads(exported)["deployment"].get("resources", []) == []
    message = ended.text.partition("Diagnostics:")[2]
    # Where it is the engine that refuses, it says of the stack that its preview failed, too.
    assert message.replace("error: preview failed", "").count("error:") == 1, ended.text
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody wrote into the owner's stack file, and what the message has to say of it."""

    changes: tuple[tuple[str, str], ...]
    told: tuple[str, ...]


ACCOUNT = '    - name: bob-bucket-policy\n      account: "112233445566"'
MISTAKES = {
    "an account without quotes": Mistake(
        changes=((ACCOUNT, ACCOUNT.replace('"', "")),), told=("crossaccess:grants[0].account", "quote")
    ),
    "an account of eleven digits": Mistake(
        changes=((ACCOUNT, ACCOUNT.replace('6"', '"')),),
        told=("crossaccess:grants[0].account", "'11223344556'", "12"),
    ),
    "a prefix that lets its neighbours in": Mistake(
        changes=(("[reports/]", "[reports]"),),
        told=("crossaccess:grants[1].prefixes[0]", "'reports'", "slash"),
    ),
    "a prefix with a wildcard": Mistake(
        changes=(("[reports/]", '["rep*/"]'),), told=("crossaccess:grants[1].prefixes[0]", "'rep*/'")
    ),
    "a prefix with a policy variable": Mistake(
        changes=(("[reports/]", '["${aws:username}/"]'),), told=("crossaccess:grants[1].prefixes[0]",)
    ),
    "an unknown method": Mistake(
        changes=(("method: assume-role", "method: asume-role"),),
        told=("crossaccess:grants[1].method", "'asume-role'", "assume-role"),
    ),
    "two grants of one name": Mistake(
        changes=(("name: bob-assume-role", "name: bob-bucket-policy"),),
        told=("crossaccess:grants[1].name", "'bob-bucket-policy'"),
    ),
    "a wrong type and a missing key": Mistake(
        changes=(("crossaccess:bucketName: account-a-shared-111111222222", "crossaccess:protct: maybe"),),
        told=("crossaccess:bucketName", "crossaccess:protct", "protect"),
    ),
    "no side": Mistake(
        changes=(("crossaccess:side: owner", "crossaccess:sid: owner"),), told=("crossaccess:side",)
    ),
    "grants that are no list": Mistake(
        changes=(("    - name: bob-bucket-policy", "    bob:"), ("    - name: bob-assume-role", "    bobs:")),
        told=("crossaccess:grants", "list"),
    ),
    "a profile of another account": Mistake(
        changes=(("aws:profile: account-a", "aws:profile: account-b"),),
        told=("112233445566", "111111222222", "aws:profile"),
    ),
    "a profile that does not exist": Mistake(
        changes=(("aws:profile: account-a", "aws:profile: nobody"),), told=("ProfileNotFound", "nobody")
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_the_owners_config_is_told(
    sandbox: Sandbox, new_stack: NewStack, mistake: Mistake
) -> None:
    """The message names the key, the value and what would be right."""
    message = refusal(sandbox, new_stack(committed("account-a", *mistake.changes)))
    assert [word for word in mistake.told if word not in message] == [], message


def test_all_mistakes_are_told_at_once(sandbox: Sandbox, new_stack: NewStack) -> None:
    """Nobody has to mend one fault to hear of the next."""
    stack = new_stack(
        committed(
            "account-a",
            ("[user/bob]", "[]"),
            ("method: bucket-policy", "method: bucketpolicy"),
            ("[reports/]", "[reports]"),
            ("crossaccess:protect: false", "crossaccess:protect: perhaps"),
        )
    )
    message = refusal(sandbox, stack)
    wanted = (
        "grants[0].principals",
        "grants[1].principals",
        "grants[0].method",
        "grants[1].prefixes[0]",
        "protect",
    )
    assert [key for key in wanted if f"crossaccess:{key}" not in message] == [], message


def test_a_mistake_that_skips_the_preview_deploys_nothing(sandbox: Sandbox, new_stack: NewStack) -> None:
    """Where a pipeline skips the preview, the program still stops before the first resource of AWS."""
    stack = new_stack(committed("account-a", ("[reports/]", "[reports]")))
    ended = sandbox.pulumi("up", "--yes", "--skip-preview", "--stack", stack)
    assert ended.status != 0
    exported = sandbox.pulumi("stack", "export", "--stack", stack).checked("Reading the state").out
    resources = json.loads(exported)["deployment"].get("resources", [])
    assert [resource["type"] for resource in resources if resource["type"].startswith("aws:")] == []


def test_the_requester_before_the_owner_is_told_to_wait(sandbox: Sandbox, new_stack: NewStack) -> None:
    """The owner's stack exists, and has exported nothing yet."""
    owner = new_stack(committed("account-a"))
    requester = committed(
        "account-b", ("crossaccess:ownerStack: account-a", f"crossaccess:ownerStack: {owner}")
    )
    message = refusal(sandbox, new_stack(requester))
    assert owner in message
    assert "handover" in message


def test_an_owner_that_does_not_exist_is_named_with_its_key(sandbox: Sandbox, new_stack: NewStack) -> None:
    """The message names the setting and the stack that it names."""
    requester = committed(
        "account-b", ("crossaccess:ownerStack: account-a", "crossaccess:ownerStack: account-z")
    )
    message = refusal(sandbox, new_stack(requester))
    assert "crossaccess:ownerStack" in message
    assert "account-z" in message


@pytest.mark.usefixtures("scene")
def test_the_requester_with_the_owners_profile_is_refused(sandbox: Sandbox, new_stack: NewStack) -> None:
    """The allowed account holds before the first call."""
    requester = committed("account-b", ("aws:profile: account-b", "aws:profile: account-a"))
    message = refusal(sandbox, new_stack(requester))
    assert "111111222222" in message
    assert "aws:profile" in message


@pytest.mark.usefixtures("scene")
def test_the_requester_in_the_owners_account_is_refused(sandbox: Sandbox, new_stack: NewStack) -> None:
    """Where the allowed account is wrong too, the owner's own account is still no requester."""
    requester = committed(
        "account-b", ("aws:profile: account-b", "aws:profile: account-a"), ("112233445566", "111111222222")
    )
    message = refusal(sandbox, new_stack(requester))
    assert "owns the bucket" in message


def owner_that_hands_over(sandbox: Sandbox, new_stack: NewStack, handover: object) -> str:
    """Make an owner's stack whose state has exported this; return its name."""
    name = new_stack(committed("account-a"))
    exported = sandbox.pulumi("stack", "export", "--stack", name).checked("Reading the state").out
    state = json.loads(exported)
    state["deployment"]["resources"] = [
        {
            "urn": f"urn:pulumi:{name}::crossaccess::pulumi:pulumi:Stack::crossaccess-{name}",
            "custom": False,
            "type": "pulumi:pulumi:Stack",
            "outputs": {"handover": handover},
        }
    ]
    file = sandbox.folder.root / f"{name}.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    sandbox.pulumi("stack", "import", "--stack", name, "--file", str(file)).checked("Writing the state")
    return name


def handed_over(scene: Scene) -> dict[str, Any]:
    """Return what the committed owner's stack hands over."""
    exported = scene.sandbox.pulumi("stack", "output", "handover", "--json", "--stack", "account-a")
    handover: dict[str, Any] = json.loads(exported.checked("Reading the handover").out)
    return handover


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 3}, ("version",)),
        ({"version": None}, ("version",)),
        ({"grants": "all"}, ("grants",)),
        ({"account": "1111"}, ("account", "1111")),
    ],
    ids=["a newer version", "no version", "no list of grants", "no account id"],
)
def test_a_handover_that_cannot_be_read_is_refused(
    scene: Scene, new_stack: NewStack, change: dict[str, object], told: tuple[str, ...]
) -> None:
    """It comes from another account: it is checked like any input from outside."""
    owner = owner_that_hands_over(scene.sandbox, new_stack, handed_over(scene) | change)
    requester = committed("account-b", ("ownerStack: account-a", f"ownerStack: {owner}"))
    message = refusal(scene.sandbox, new_stack(requester))
    assert [word for word in (owner, *told) if word not in message] == [], message


def test_grants_for_another_account_are_not_taken_up(scene: Scene, new_stack: NewStack) -> None:
    """The message names the account that is asking and those that the grants are for."""
    handover = handed_over(scene)
    handover["grants"] = [grant | {"account": "999988887777"} for grant in handover["grants"]]
    owner = owner_that_hands_over(scene.sandbox, new_stack, handover)
    requester = committed("account-b", ("ownerStack: account-a", f"ownerStack: {owner}"))
    message = refusal(scene.sandbox, new_stack(requester))
    assert [word for word in (owner, "112233445566", "999988887777") if word not in message] == [], message


def test_a_grant_that_is_not_handed_over_cannot_be_picked(scene: Scene, new_stack: NewStack) -> None:
    """The message names the key and the grant."""
    picked = ("ownerStack: account-a", "ownerStack: account-a\n  crossaccess:onlyGrants: [bob-bucket-polcy]")
    message = refusal(scene.sandbox, new_stack(committed("account-b", picked)))
    assert [word for word in ("onlyGrants[0]", "'bob-bucket-polcy'") if word not in message] == [], message
