"""The sandbox's commands: `python -m sandbox start|env|engine|demo|permission-set|scp`."""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.text import Text

from sandbox.control import running_sandbox
from sandbox.demo import run_demo
from sandbox.engine.find import find_engine
from sandbox.environment import SANDBOX_VARIABLE, published
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder, default_folder
from sandbox.identity_center import assign, take_out
from sandbox.organization import attach, detach
from sandbox.progress import Progress
from sandbox.running import Sandbox

USAGE = """
Two AWS accounts are running on this machine, empty but for their people:
  account-a  111111222222  alice, administrator
  account-b  112233445566  admin, administrator; bob and carol, who may do nothing yet

  TLS   {cloud.tls_url}
  HTTP  {cloud.http_url}  (plain, to see it refused)
  VPC   {cloud.endpoint_url}  (what comes through a VPC's endpoints: --profile bob-endpoint)
  log   {cloud.gate_log}

In another terminal, in this folder:
  eval "$(make sandbox-env)"
  pulumi preview -s account-a
  pulumi up -s account-a
  pulumi up -s account-b
  aws s3 ls
  aws sts assume-role --role-arn arn:aws:iam::111111222222:role/account-a-role \\
      --role-session-name bob-bucket-access --profile bob

The engine works on copies of the stack files, in .sandbox/work: edit those to try something.
docs/how-to has a page per task, each to be followed here.
Ctrl-C stops it, and what was deployed is gone.
"""


LOG_WIDTH = 110
"""Columns of the demonstration's tables where there is no terminal to ask."""


class Stopped(KeyboardInterrupt):
    """The process was asked to end."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


@click.group()
def main() -> None:
    """Two AWS accounts, the Pulumi engine and their credentials, on this machine only."""
    # Whoever ends the process in whatever polite way gets everything put away.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # else it is to outlive its terminal (nohup)
        signal.signal(signal.SIGHUP, _stop)


_FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=default_folder().root,
    help="Where the sandbox keeps what it needs while it runs.",
)


@main.command()
@_FOLDER
@click.option("--tls-port", type=click.IntRange(0, 65535), default=0, help="0 takes any free port.")
@click.option("--http-port", type=click.IntRange(0, 65535), default=0, help="0 takes any free port.")
def start(folder: Path, tls_port: int, http_port: int) -> None:
    """Run the sandbox until Ctrl-C."""
    place = SandboxFolder(root=folder.resolve())
    with running_sandbox(place, Progress(), tls_port=tls_port, http_port=http_port) as sandbox:
        _wait(sandbox)


def _wait(sandbox: Sandbox) -> None:
    click.echo(USAGE.format(cloud=sandbox.cloud))
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nStopping the sandbox.")


@main.command()
@_FOLDER
def env(folder: Path) -> None:
    """Print the running sandbox's environment for a shell to evaluate."""
    click.echo(published(SandboxFolder(root=folder.resolve())).as_shell(os.environ))


@main.command()
def engine() -> None:
    """Get the Pulumi engine ready and say where it is."""
    found = find_engine(Progress())
    click.echo(f"{found.command}  {found}")


def _wide_console() -> Console:
    """Return standard output as it is on a terminal; a log is as wide as the widest table."""
    return Console(width=None if sys.stdout.isatty() else LOG_WIDTH)


@main.command()
@_FOLDER
def demo(folder: Path) -> None:
    """Show, by real calls, what Bob may do before, while and after both stacks are deployed."""
    progress = Progress()
    with running_sandbox(SandboxFolder(root=folder.resolve()), progress) as sandbox:
        right = run_demo(sandbox, _wide_console(), progress)
    sys.exit(0 if right else 1)


_RUNNING = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=SANDBOX_VARIABLE,
    default=default_folder().root,
    help="The folder of the running sandbox.",
)


@main.command(name="permission-set")
@click.argument("name")
@_RUNNING
@click.option("--account", default="account-b", help="The account: its administrator's profile.")
@click.option("--person", "people", multiple=True, default=["bob"], help="Who is assigned; may be repeated.")
@click.option(
    "--policy", "policies", multiple=True, help="A customer managed policy, by name; may be repeated."
)
@click.option("--remove", "removing", is_flag=True, help="Take the permission set out of the account.")
def permission_set(  # noqa: PLR0913 - the options of a command
    name: str, folder: Path, account: str, people: Sequence[str], policies: Sequence[str], *, removing: bool
) -> None:
    """Do what IAM Identity Center does: make a permission set's role in an account, and sign people in.

    Each person gets a profile PERSON-NAME with a session of the role.
    """
    place = SandboxFolder(root=folder.resolve())
    if removing:
        take_out(place, account, name)
    else:
        for line in assign(place, account, name, people=people, policies=policies):
            click.echo(line)


@main.command()
@click.argument("account")
@click.argument("policy", metavar="FILE")
@_RUNNING
@click.option("--remove", "removing", is_flag=True, help="Detach the policy of that name.")
def scp(account: str, policy: str, folder: Path, *, removing: bool) -> None:
    """Do what the organization's administrator does: attach a service control policy to an account.

    ACCOUNT is its administrator's profile, such as account-b. FILE holds the policy, which is named after it.
    Beside it FullAWSAccess is attached, as AWS does it, until that is removed. The folder that is told at the
    end can be given to crossaccess by --policies.
    """
    place = SandboxFolder(root=folder.resolve())
    name = Path(policy).name.removesuffix(".json")
    for line in detach(place, account, name) if removing else attach(place, account, Path(policy)):
        click.echo(line)


if __name__ == "__main__":
    try:
        main(prog_name="python -m sandbox", standalone_mode=False)
    except SandboxError as fault:
        Console(stderr=True).print(Text.assemble(("error: ", "bold red"), str(fault)), soft_wrap=True)
        sys.exit(1)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
