"""What a file is, by what stands in it, and the picture that it tells."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from crossaccess.deployment.building import picture_of
from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.folder import read_folder
from crossaccess.deployment.picture import Picture
from crossaccess.deployment.plan import is_plan, planned_outputs
from crossaccess.deployment.preview import COMMAND, read_preview
from crossaccess.deployment.state import read_state
from crossaccess.policy.document import PolicyError, load_json

_LARGEST = 256 * 1024 * 1024


class SourceKind(Enum):
    """What a source is."""

    STATE = "state"
    PREVIEW = "preview"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one source tells: of a preview `old` is before it and `new` after it; of the others both are one.

    `title` is for people, such as `preview of account-a`; `notes` are sentences for them.
    """

    kind: SourceKind
    title: str
    old: Picture
    new: Picture
    notes: tuple[str, ...] = ()


def read_source(path: Path, *, plan: Path | None = None) -> Source:
    """Read a state, a preview or a folder of policies; `plan` is the plan file of the same preview.

    A plan that lies beside the preview, as `NAME.plan.json` beside `NAME.json`, is read unasked. Raises
    `SourceError` for everything else, with the command that makes what is read.
    """
    if path.is_dir():
        picture = read_folder(path)
        return Source(kind=SourceKind.FOLDER, title=f"folder {path}", old=picture, new=picture)
    data = read_object(path)
    beside = path.with_suffix(".plan.json")
    planned = read_object(plan) if plan is not None else read_object(beside) if beside.is_file() else None
    try:
        return source_of(data, plan=planned)
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from None


def source_of(data: Mapping[str, object], *, plan: Mapping[str, object] | None = None) -> Source:
    """The picture that JSON of the engine tells. Raises `SourceError` without the file's name."""
    if is_plan(data):
        raise SourceError(
            "it is an update plan, which holds no unchanged resources: give the preview that was made with "
            f"it, {COMMAND}"
        )
    if "deployment" in data or "checkpoint" in data:
        state, notes = read_state(data)
        picture = picture_of(state)
        return Source(
            kind=SourceKind.STATE, title=_title("state", picture), old=picture, new=picture, notes=notes
        )
    if "steps" in data or "changeSummary" in data or "diagnostics" in data:
        preview = read_preview(data, outputs=None if plan is None else planned_outputs(plan))
        old, new = picture_of(preview.old), picture_of(preview.new)
        return Source(
            kind=SourceKind.PREVIEW, title=_title("preview", new), old=old, new=new, notes=preview.notes
        )
    raise SourceError(
        f"it is neither an exported state (pulumi stack export -s STACK) nor a preview ({COMMAND})"
    )


def _title(what: str, picture: Picture) -> str:
    return f"{what} of {', '.join(picture.stacks)}" if picture.stacks else f"{what} of an empty stack"


def load_object(raw: bytes) -> Mapping[str, object]:
    """Read a JSON object that the engine wrote. Raises `SourceError`."""
    text = _decoded(raw)
    if not text.strip():
        raise SourceError("it is empty: the command that was to write it has failed, or has not ended")
    try:
        data = load_json(text)
    except PolicyError as error:
        raise SourceError(
            f"{error}. Read are an exported state (pulumi stack export -s STACK), a preview ({COMMAND}) and "
            "a folder of policies"
        ) from None
    if not isinstance(data, dict):
        raise SourceError("it is JSON and no object: neither an exported state nor a preview")
    return data


def _decoded(raw: bytes) -> str | bytes:
    """The text of a file; a shell of Windows may have written it in UTF-16."""
    for mark, encoding in ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    return raw


def read_object(path: Path) -> Mapping[str, object]:
    """Read a file that holds a JSON object. Raises `SourceError`, with the file's name."""
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    if size > _LARGEST:
        raise SourceError(f"{path} is over {_LARGEST:,} bytes: too large for a state or a preview")
    try:
        return load_object(raw)
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from None
