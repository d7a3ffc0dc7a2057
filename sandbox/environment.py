"""The environment that makes the ordinary commands work on the sandbox: the engine's and AWS's variables."""

import configparser
import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.calls import Keys
from sandbox.cloud import Cloud
from sandbox.engine.engine import Engine
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.lock import is_held

PASSPHRASE = "sandbox"  # noqa: S105 - encrypts nothing but this throw-away state
"""The passphrase of the stacks' secrets."""
DEFAULT_PROFILE = "account-a"
"""Who acts where no profile is named."""
ENDPOINT_PROFILE = "bob-endpoint"
"""The profile of Bob where his calls go through the endpoints of a VPC."""
SANDBOX_VARIABLE = "CROSSACCESS_SANDBOX"
"""The variable that names the sandbox's folder, for commands that do something in it."""
FOREIGN = ("AWS_", "PULUMI_")
"""How variables begin that would lead a command out of the sandbox, to a real account or backend."""
LOCAL = ("127.0.0.1", "localhost")
"""What must not go through a proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What differs from the user's own environment."""

    path: tuple[str, ...]
    """Folders that come first on `PATH`."""
    variables: Mapping[str, str]

    def over(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment for a program that is started from one with the environment `base`."""
        kept = {name: value for name, value in base.items() if not name.startswith(FOREIGN)}
        rest = [
            folder for folder in base.get("PATH", os.defpath).split(os.pathsep) if folder not in self.path
        ]
        exempt = [host for host in (base.get("NO_PROXY") or base.get("no_proxy", "")).split(",") if host]
        no_proxy = ",".join([*exempt, *(host for host in LOCAL if host not in exempt)])
        return kept | {
            **self.variables,
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
            "PATH": os.pathsep.join((*self.path, *rest)),
        }

    def as_shell(self, base: Mapping[str, str]) -> str:
        """Return the lines that a POSIX shell with the environment `base` evaluates to enter this one."""
        inside = self.over(base)
        gone = sorted(name for name in base if name not in inside)
        changed = sorted(name for name, value in inside.items() if base.get(name) != value)
        lines = [f"unset {' '.join(gone)}"] if gone else []
        lines += [f"export {name}={shlex.quote(inside[name])}" for name in changed]
        return "\n".join(lines)


def environment_of(folder: SandboxFolder, engine: Engine, cloud: Cloud, python_bin: Path) -> Environment:
    """Return the environment of a sandbox; `python_bin` holds the commands of the virtual environment."""
    return Environment(
        # The engine first; then the Python that has the program's dependencies, and the AWS command.
        path=(str(engine.folder), str(python_bin)),
        variables={
            "PULUMI_HOME": str(folder.engine_home),
            "PULUMI_BACKEND_URL": folder.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_OPTION_CWD": str(folder.work),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            SANDBOX_VARIABLE: str(folder.root),
            "AWS_CONFIG_FILE": str(folder.aws_config),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder.aws_credentials),
            # Each profile says it too, but a variable of the user's would win over the profile.
            "AWS_CA_BUNDLE": str(cloud.ca_bundle),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        },
    )


def write_aws_files(folder: SandboxFolder, cloud: Cloud) -> None:
    """Write AWS's config and credentials files: one profile for each person, and the default one.

    Bob has a second one, `ENDPOINT_PROFILE`.
    """
    people = {
        "default": cloud.credentials[DEFAULT_PROFILE],
        **cloud.credentials,
        ENDPOINT_PROFILE: cloud.credentials["bob"],
    }
    config, credentials = (configparser.RawConfigParser() for _ in range(2))
    for profile, known in people.items():
        keys = Keys(access_key_id=known.access_key_id, secret_access_key=known.secret_access_key)
        url = cloud.endpoint_url if profile == ENDPOINT_PROFILE else cloud.tls_url
        config[_section(profile)] = _connection(cloud, url)
        credentials[profile] = _signing(keys)
    _save(folder, config, credentials)


def add_profile(folder: SandboxFolder, cloud: Cloud, profile: str, keys: Keys) -> None:
    """Add a profile to AWS's files, or give it other keys: somebody has signed in."""
    config, credentials = (configparser.RawConfigParser() for _ in range(2))
    config.read(folder.aws_config, encoding="utf-8")
    credentials.read(folder.aws_credentials, encoding="utf-8")
    config[_section(profile)] = _connection(cloud, cloud.tls_url)
    credentials[profile] = _signing(keys)
    _save(folder, config, credentials)


def _section(profile: str) -> str:
    return "default" if profile == "default" else f"profile {profile}"


def _connection(cloud: Cloud, url: str) -> dict[str, str]:
    return {
        "region": cloud.region,
        "endpoint_url": url,
        "ca_bundle": str(cloud.ca_bundle),
        # The bucket in the path: its name before 127.0.0.1 would be no host.
        "s3": "\naddressing_style = path",
    }


def _signing(keys: Keys) -> dict[str, str]:
    token = {} if keys.session_token is None else {"aws_session_token": keys.session_token}
    pair = {"aws_access_key_id": keys.access_key_id, "aws_secret_access_key": keys.secret_access_key}
    return pair | token


def _save(
    folder: SandboxFolder, config: configparser.RawConfigParser, credentials: configparser.RawConfigParser
) -> None:
    for path, content in ((folder.aws_config, config), (folder.aws_credentials, credentials)):
        path.touch(mode=0o600)
        with path.open("w", encoding="utf-8") as file:
            content.write(file)


def publish(environment: Environment, folder: SandboxFolder) -> None:
    """Write the environment down for other shells of the same user."""
    unfinished = folder.environment.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(asdict(environment)), encoding="utf-8")
    unfinished.replace(folder.environment)


def published(folder: SandboxFolder) -> Environment:
    """Return the environment of the running sandbox. Raises `SandboxError` where none runs."""
    if not is_held(folder.lock):
        raise SandboxError("No sandbox is running here. Start one in another terminal: make sandbox")
    try:
        known = json.loads(folder.environment.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SandboxError("The sandbox is not ready yet. Try again when it says so.") from None
    return Environment(path=tuple(known["path"]), variables=known["variables"])
