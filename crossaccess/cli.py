"""The `crossaccess` command.

Start-up counts: a command imports what it needs when it runs, and nothing here imports Pulumi or boto3.
"""

import click

from crossaccess import __version__
from crossaccess.commands.group import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="crossaccess")
def main() -> None:
    """Who may reach whose bucket, and why."""
