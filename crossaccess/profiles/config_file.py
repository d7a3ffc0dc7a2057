"""AWS's config file with profiles put in: all that is not replaced stays as it is, byte for byte."""

import configparser
import re
import shlex
from collections.abc import Sequence

from crossaccess.deployment.errors import SourceError
from crossaccess.profiles.profile import Profile

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_HEADER = re.compile(r"\[(?P<header>.+)\]")


def with_profiles(raw: bytes, profiles: Sequence[Profile], *, force: bool, where: str) -> bytes:
    """Put profiles into a config file's bytes; one of the same name is replaced with `force` only.

    `where` is the file, for messages. Raises `SourceError` where one is there, or where AWS could not read
    the file.
    """
    text = raw.decode("utf-8", "surrogateescape")
    _check(text, where)
    ending = "\r\n" if "\r\n" in text else "\n"
    for profile in profiles:
        block = profile.block.replace("\n", ending)
        lines = _LINES.findall(text)
        starts = [number for number, line in enumerate(lines) if _HEADER.match(line.strip())]
        mine = [number for number in starts if _names(lines[number], profile.name)]
        if mine and not force:
            raise SourceError(f"{where}: the profile {profile.name!r} is there already: --force replaces it")
        if len(mine) > 1:
            raise SourceError(
                f"{where}: the profile {profile.name!r} stands there {len(mine)} times: leave one"
            )
        if mine:
            end = next((number for number in starts if number > mine[0]), len(lines))
            # Comments and blank lines before the next profile belong to that one.
            while end > mine[0] + 1 and lines[end - 1].strip()[:1] in ("", "#", ";"):
                end -= 1
            text = "".join([*lines[: mine[0]], block, *lines[end:]])
        else:
            gap = "" if not text else ending if text.endswith(("\n", "\r")) else ending * 2
            text += gap + block
    _check(text, where)
    return text.encode("utf-8", "surrogateescape")


def _names(line: str, name: str) -> bool:
    """Whether a header is that of a profile, as botocore takes it apart."""
    found = _HEADER.match(line.strip())
    try:
        return found is not None and shlex.split(found["header"]) == ["profile", name]
    except ValueError:
        return False


def _check(text: str, where: str) -> None:
    """Refuse what AWS's own reader, which is this parser, would refuse as a whole."""
    try:
        # No section has an empty name, so that [DEFAULT] is one like any other, as botocore has it.
        configparser.RawConfigParser(default_section="").read_string(text, where)
    except configparser.Error as error:
        said = " ".join(str(error).split())
        raise SourceError(f"AWS cannot read the file as it is, so nothing is added: {said}") from None
