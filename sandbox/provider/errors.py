"""Errors as a person should read them: AWS's own code and words, and no traceback."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

# A HEAD request has no body, so botocore has only the HTTP status to offer as a code.
_CODES_OF_HEAD = {"301": "PermanentRedirect", "400": "BadRequest", "403": "AccessDenied", "404": "NotFound"}


class StandInError(Exception):
    """A failure with a message for a person: what went wrong, and where it helps, what would mend it."""


def code_of(error: "ClientError") -> str:
    """Return AWS's error code, such as `NoSuchBucket`."""
    code = str(error.response.get("Error", {}).get("Code", "Unknown"))
    return _CODES_OF_HEAD.get(code, code)


def from_client_error(error: "ClientError") -> StandInError:
    """Turn AWS's refusal into `CODE: AWS's words (operation)`."""
    message = str(error.response.get("Error", {}).get("Message", "")).strip()
    operation = error.operation_name
    return StandInError(
        f"{code_of(error)}: {message} ({operation})" if message else f"{code_of(error)} ({operation})"
    )


def from_boto_error(error: "BotoCoreError") -> StandInError:
    """Turn a failure to reach AWS, or to find credentials, into one line with its mend."""
    name = type(error).__name__
    mend = {
        "ProfileNotFound": f"; the profiles are looked up in {_config_files()}",
        "NoCredentialsError": "; set aws:profile to a profile with keys, or export them in the environment",
        "EndpointConnectionError": "; is the sandbox running?",
        "ConnectTimeoutError": "; is the sandbox running?",
        "SSLError": "; ca_bundle in the profile, or AWS_CA_BUNDLE, must name the certificate of the sandbox",
        "NoRegionError": "; set aws:region",
    }.get(name, "")
    return StandInError(f"{name}: {str(error).rstrip('.')}{mend}")


def _config_files() -> str:
    config = os.environ.get("AWS_CONFIG_FILE", "~/.aws/config")
    credentials = os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    return f"{config} and {credentials}"
