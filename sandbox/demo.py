"""The demonstration: both stacks are deployed for real, and what Bob may do is shown by real calls.

Before anything is there, with the owner's side alone, with both, and when all is taken away again.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.errors import SandboxError
from sandbox.lines import ASSUME_ROLE, BUCKET_POLICY, OBJECTS, OWNER_ALONE, WITHOUT_BUCKET
from sandbox.process import Finished
from sandbox.progress import Progress
from sandbox.running import Sandbox
from sandbox.scene import OK, Line, Operation, Scene, assume_by_cli

OWNER = "account-a"
"""The owner's stack; the administrator of its account has a profile of the same name."""
REQUESTER = "account-b"
ROLE_ARN = "arn:aws:iam::111111222222:role/account-a-role"
"""The role of the committed stacks, to ask for while no stack can tell its ARN."""


def run_demo(sandbox: Sandbox, console: Console, progress: Progress) -> bool:
    """Show it all; return whether every answer was the expected one.

    Raises `SandboxError` where a `pulumi` command fails, or has something to change when it should not.
    """
    bucket = _pulumi(sandbox, OWNER, "config", "get", "bucketName").out.strip()
    bare = Scene(sandbox=sandbox, bucket=bucket, role_arn=ROLE_ARN)
    right = [show(console, "Before: nothing is deployed", bare, WITHOUT_BUCKET)]

    with progress.step(f"pulumi up -s {OWNER}"):
        scene = _owner_up(sandbox)
    right.append(show(console, "Account A alone: its side is not enough", scene, OWNER_ALONE))

    with progress.step(f"pulumi up -s {REQUESTER}"):
        _up(sandbox, REQUESTER)
    right.append(show(console, "Both accounts: by the bucket's policy", scene, BUCKET_POLICY))
    with progress.step(f"aws sts assume-role --role-arn {scene.role_arn} --profile bob"):
        scene = scene.with_role(assume_by_cli(sandbox, scene.role_arn, "bob"))
    right.append(show(console, "Both accounts: by the role", scene, ASSUME_ROLE))

    with progress.step("pulumi preview, both stacks again: nothing to change"):
        _both(sandbox, "preview", "--expect-no-changes")
    with progress.step("pulumi destroy, both stacks"):
        _both(sandbox, "destroy", "--yes", "--skip-preview")
    right.append(show(console, "After: both stacks are destroyed", bare, WITHOUT_BUCKET))

    if all(right):
        console.print("[green]Every answer is as it should be.[/green]")
    else:
        console.print("[bold red]Some answers are not as they should be: see the lines marked ✗.[/bold red]")
    return all(right)


def show(console: Console, title: str, scene: Scene, lines: Sequence[Line]) -> bool:
    """Make the lines' calls, print them as a table, and return whether every answer was the expected one."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, header_style="dim")
    for heading in ("who", "by", "calls", "expected", "AWS answers", ""):
        table.add_column(heading, overflow="fold")
    right = True
    for line in lines:
        answer = scene.ask(line)
        fits = answer.code == line.expected
        right = right and fits
        colour = ("green" if answer.granted else "yellow") if fits else "bold red"
        table.add_row(
            line.who,
            line.by,
            line.asked,
            line.wanted,
            Text(str(answer), style=colour),
            Text("✓" if fits else "✗", style="green" if fits else "bold red"),
        )
    console.print(table)
    return right


def deployed_scene(sandbox: Sandbox) -> Scene:
    """Deploy both stacks and return the scene with Bob in the role; nothing is shown."""
    scene = _owner_up(sandbox)
    _up(sandbox, REQUESTER)
    return scene.with_role(assume_by_cli(sandbox, scene.role_arn, "bob"))


def _owner_up(sandbox: Sandbox) -> Scene:
    """Deploy the owner's stack, and put objects into the bucket as the owner's administrator."""
    _up(sandbox, OWNER)
    outputs = json.loads(_pulumi(sandbox, OWNER, "stack", "output", "--json").out)
    (role_arn,) = outputs["role_arns"].values()
    scene = Scene(sandbox=sandbox, bucket=outputs["bucket_name"], role_arn=role_arn)
    for key in OBJECTS:
        answer = scene.ask(Line(who=OWNER, operation=Operation.PUT, key=key, expected=OK))
        if not answer.granted:
            raise SandboxError(f"The owner's administrator cannot put {key} into {scene.bucket}: {answer}")
    return scene


def _up(sandbox: Sandbox, stack: str) -> None:
    _pulumi(sandbox, stack, "up", "--yes", "--skip-preview")


def _both(sandbox: Sandbox, *command: str) -> None:
    """Run the same command on both stacks at the same time."""
    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(_pulumi, sandbox, stack, *command) for stack in (REQUESTER, OWNER)]:
            ended.result()


def _pulumi(sandbox: Sandbox, stack: str, *command: str) -> Finished:
    """Run a `pulumi` command on a stack. Raises `SandboxError` with what it said where it fails."""
    return sandbox.pulumi(*command, "--stack", stack).checked(f"`pulumi {' '.join(command)}` on {stack}")
