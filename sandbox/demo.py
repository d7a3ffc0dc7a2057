"""The demonstration: both stacks are deployed for real, and what Bob may do is shown by real calls.

Before anything is there, with the owner's side alone, with both, and when all is taken away again.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sandbox.calls import caller
from sandbox.control import Sandbox
from sandbox.lines import ASSUME_ROLE, BUCKET_POLICY, OBJECTS, OWNER_ALONE, WITHOUT_BUCKET
from sandbox.process import Finished
from sandbox.progress import Progress
from sandbox.scene import Line, Scene, assume_by_cli

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
        _up(sandbox, OWNER)
    outputs = json.loads(_pulumi(sandbox, OWNER, "stack", "output", "--json").out)
    fill_bucket(sandbox, outputs["bucket_name"])
    (role_arn,) = outputs["role_arns"].values()
    scene = Scene(sandbox=sandbox, bucket=outputs["bucket_name"], role_arn=role_arn)
    right.append(show(console, "Account A alone: its side is not enough", scene, OWNER_ALONE))

    with progress.step(f"pulumi up -s {REQUESTER}"):
        _up(sandbox, REQUESTER)
    right.append(show(console, "Both accounts: by the bucket's policy", scene, BUCKET_POLICY))
    with progress.step(f"aws sts assume-role --role-arn {role_arn} --profile bob"):
        scene = scene.with_role(assume_by_cli(sandbox, role_arn, "bob"))
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
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for heading in ("who", "calls", "should be", "AWS answers", ""):
        table.add_column(heading)
    right = True
    for line in lines:
        answer = scene.ask(line)
        fits = answer.code == line.expected
        right = right and fits
        colour = ("green" if answer.granted else "yellow") if fits else "bold red"
        mark = "[green]✓[/green]" if fits else "[bold red]✗[/bold red]"
        table.add_row(
            line.caller, line.asked, line.wanted, f"[{colour}]{escape(str(answer))}[/{colour}]", mark
        )
    console.print(table)
    console.print()
    return right


def fill_bucket(sandbox: Sandbox, bucket: str) -> None:
    """Put the owner's objects into the bucket, as the owner's administrator."""
    s3 = caller(sandbox.cloud, OWNER).s3()
    for key in OBJECTS:
        s3.put_object(Bucket=bucket, Key=key, Body=b"the owner's")


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
