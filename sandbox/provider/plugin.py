"""What the engine has to know to install the stand-in as its `aws` plugin."""

import importlib.metadata
import shlex
from pathlib import Path

PLUGIN_NAME = "aws"
WHAT_IT_IS = "the sandbox's stand-in for the aws provider"


def plugin_version() -> str:
    """Return the version of `pulumi-aws` that is installed, such as `7.51.1`.

    The engine asks for the plugin in exactly the version of the SDK that the program imports.
    """
    return importlib.metadata.version("pulumi-aws")


def wrapper_script(python: Path, project_root: Path) -> str:
    """Return the shell text to give to `pulumi plugin install resource aws VERSION --file`.

    The engine starts a plugin in the program's folder, so the script names both paths in full. `-P` keeps
    that folder off Python's path: a module there that is named like one of ours would otherwise win.
    """
    root = shlex.quote(str(project_root))
    return (
        "#!/bin/sh\n"
        "# The sandbox's stand-in for the aws provider. It is not the provider that Pulumi publishes.\n"
        f'PYTHONPATH={root} exec {shlex.quote(str(python))} -P -m sandbox.provider "$@"\n'
    )
