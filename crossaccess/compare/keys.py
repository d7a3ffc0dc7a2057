"""What a condition key is: known or not, of which kind, with one value or several.

The names of keys have no case. AWS's global keys come from our own table, the services' keys from AWS's
list.
"""

from functools import lru_cache
from typing import Final

from crossaccess.compare.global_keys import global_key
from crossaccess.compare.kind import Kind
from crossaccess.compare.line import Line
from crossaccess.compare.services import Listed, key_listed

_LINES: Final = {Kind.NUMBER: Line.WHOLE, Kind.MOMENT: Line.MOMENT, Kind.ADDRESS: Line.ADDRESS}
# The two keys whose values are not written as those of their kind.
_OWN_LINES: Final = {"aws:epochtime": Line.EPOCH, "s3:tlsversion": Line.DECIMAL}
# IAM User Guide, "IAM and AWS STS condition context keys", for OIDC: what follows a provider's name.
_CLAIMS: Final = {
    "amr": Listed(kind=Kind.TEXT, many=True),
    "aud": Listed(kind=Kind.TEXT, many=False),
    "oaud": Listed(kind=Kind.TEXT, many=False),
    "sub": Listed(kind=Kind.TEXT, many=False),
}
# The same page, for SAML: these "can have a value that is a list", of which AWS's list of keys says nothing.
_SAML_LISTS: Final = frozenset(
    {
        "saml:commonname",
        "saml:givenname",
        "saml:mail",
        "saml:name",
        "saml:organizationstatus",
        "saml:primarygroupsid",
        "saml:surname",
        "saml:uid",
        "saml:x500uniqueidentifier",
    }
)


def is_known(key: str) -> bool:
    """Whether AWS's pages name the key. What is told of a key that is not known is a guess."""
    return _said_of(key.lower()) is not None


def kind_of(key: str) -> Kind:
    """The kind of a key's values; text, where the key is not known."""
    said = _said_of(key.lower())
    return Kind.TEXT if said is None else said.kind


def is_multivalued(key: str) -> bool:
    """Whether one request can hold several values of the key; no, where the key is not known."""
    said = _said_of(key.lower())
    return said is not None and said.many


def line_of(key: str) -> Line | None:
    """The line on which a key's values lie; `None` for texts, truths and bytes.

    `s3:TlsVersion` has values such as `1.2`, all other number keys whole ones.
    """
    return _OWN_LINES.get(key.lower()) or _LINES.get(kind_of(key))


@lru_cache(maxsize=4096)
def _said_of(name: str) -> Listed | None:
    ours = global_key(name)
    if ours is not None:
        return Listed(kind=ours.kind, many=ours.many)
    if name in _SAML_LISTS:
        return Listed(kind=Kind.TEXT, many=True)
    # AWS's list takes `amr` for one value, the page for several.
    return _claim(name) or key_listed(name)


def _claim(name: str) -> Listed | None:
    """What any identity provider vouches for: `oidc.example.com/id:sub`."""
    provider, _, claim = name.partition(":")
    return _CLAIMS.get(claim) if "." in provider else None
