"""Whom identity providers sign in for a role: anybody at all, where nothing says who.

IAM User Guide, "Identity-provider controls for shared OIDC providers": the same issuer signs in for all of
its customers, and only a claim of the token tells them apart.
"""

import re
from typing import Final

from crossaccess.findings.naming import holds_of_every_value
from crossaccess.policy.document import Condition, Statement

_OIDC: Final = ":oidc-provider/"
_OF_AWS: Final = frozenset(
    {"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"}
)
"""The providers that IAM knows by name: there, an app's id tells whose users are meant."""
_AUDIENCE: Final = frozenset({"aud", "azp", "oaud"})
"""Claims that say for whom a token is, not whose it is; of GitHub's the same for everybody."""
_LABEL: Final = re.compile(r"[a-z_]+:", re.ASCII)
"""What subjects begin with, whoever they are: `repo:`, `organization:`, `project_path:`."""
_WILD: Final = re.compile(r"[*?]")


def providers_without_subject(statement: Statement) -> tuple[str, ...]:
    """The OIDC providers that are let in with whomever they sign in."""
    named = dict.fromkeys(one.value for one in statement.principals or () if one.type == "Federated")
    return tuple(one for one in named if not _is_narrowed(one, statement))


def _is_narrowed(provider: str, statement: Statement) -> bool:
    issuer = provider.partition(_OIDC)[2] or provider
    if issuer == provider and provider not in _OF_AWS:
        # A SAML provider belongs to one organization.
        return True
    return any(_tells_whom(one, issuer.lower(), provider in _OF_AWS) for one in statement.conditions)


def _tells_whom(condition: Condition, issuer: str, by_app: bool) -> bool:
    key = condition.key.lower()
    claim = key.removeprefix(f"{issuer}:")
    if claim == key or (claim in _AUDIENCE and not by_app):
        return False
    return holds_of_every_value(condition, _says_more_than_a_label)


def _says_more_than_a_label(value: str) -> bool:
    beginning = _WILD.split(value, maxsplit=1)[0]
    label = _LABEL.match(beginning)
    return bool(beginning[label.end() :] if label else beginning)
