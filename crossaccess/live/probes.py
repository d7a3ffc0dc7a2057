"""The probes of one run: what was made, by whom, and taking it away again.

Nothing else is ever deleted: a key is noted before it is written, and its name is this run's alone.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from crossaccess.verify.judging import Left
from crossaccess.verify.planning import key_under

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BODY = b"A probe of crossaccess verify. It may be deleted.\n"
_WORKERS = 16
_FAILURES = (ClientError, BotoCoreError, ResponseParserError)


@dataclass(slots=True)
class _Object:
    """A key that was or may have been written. `versions` are those that S3 told, markers included."""

    bucket: str
    key: str
    maker: "S3Client"
    versions: list[str] = field(default_factory=list)
    there: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    bucket: str
    key: str
    upload: str
    maker: "S3Client"


class Probes:
    """What this run has made; safe to use from several threads."""

    def __init__(self, run: str | None = None) -> None:
        self._lock = threading.Lock()
        self._run = run or secrets.token_hex(8)
        self._objects: dict[tuple[str, str], _Object] = {}
        self._uploads: dict[str, _Upload] = {}
        self._at: dict[tuple[str, str], str] = {}
        self._count = 0

    def new_key(self, place: str) -> str:
        """A key under a prefix that nobody else has: its name holds 64 random bits of its own."""
        with self._lock:
            self._count += 1
            return key_under(place, f"{self._run}-{self._count}-{secrets.token_hex(8)}")

    def key_at(self, bucket: str, place: str) -> str | None:
        """The key of a probe that is under a prefix; `None` where there is none."""
        with self._lock:
            return self._at.get((bucket, place))

    def begin(self, bucket: str, key: str, maker: "S3Client") -> None:
        """Note a key that is about to be written: whether it was may never be told."""
        with self._lock:
            self._objects[bucket, key] = _Object(bucket, key, maker)

    def refused(self, bucket: str, key: str) -> None:
        """Forget a key of which AWS says that it was not written."""
        with self._lock:
            self._objects.pop((bucket, key), None)

    def made(self, bucket: str, key: str, version: str | None, *, place: str | None = None) -> None:
        """Note that a key was written, with its version where the bucket keeps versions."""
        with self._lock:
            one = self._objects[bucket, key]
            one.there = True
            if version not in (None, "null"):
                one.versions.append(str(version))
            if place is not None:
                self._at.setdefault((bucket, place), key)

    def deleted(self, bucket: str, key: str, marker: str | None) -> None:
        """Note that a key was deleted, where there are versions by a marker that is one itself.

        Amazon S3 User Guide, "Working with delete markers": of a bucket whose versions are suspended it is
        the version `null`. A key that another call had deleted already stays forgotten: several grants may
        have the same prefix.
        """
        with self._lock:
            one = self._objects.get((bucket, key))
            if one is None:
                return
            if marker is not None:
                one.versions = list(dict.fromkeys((*(one.versions or ["null"]), marker)))
            elif not one.versions:
                self._objects.pop((bucket, key), None)

    def begin_upload(self, bucket: str, key: str, upload: str, maker: "S3Client") -> None:
        """Note an upload in parts that was begun."""
        with self._lock:
            self._uploads[upload] = _Upload(bucket=bucket, key=key, upload=upload, maker=maker)

    def end_upload(self, upload: str) -> None:
        """Forget an upload that is ended, either way."""
        with self._lock:
            self._uploads.pop(upload, None)

    def remove(self, owner: "S3Client | None") -> tuple[Left, ...]:
        """Take away all that this run has made, by the owner where there is one, else by who made it.

        Answers what is still there. What is taken away is forgotten, so that this can be done again.
        """
        with self._lock:
            objects, uploads = list(self._objects.values()), list(self._uploads.values())
        tasks: list[Callable[[], list[Left]]] = [_bound(self._end, one, owner) for one in uploads]
        tasks += [_bound(self._take, one, owner) for one in objects]
        if not tasks:
            return ()
        with ThreadPoolExecutor(min(_WORKERS, len(tasks))) as pool:
            found = [left for lefts in pool.map(lambda task: task(), tasks) for left in lefts]
        return tuple(sorted(found, key=lambda one: (one.bucket, one.key, one.version or "")))

    def still_there(self) -> tuple[Left, ...]:
        """What was not taken away yet, without asking."""
        with self._lock:
            lefts = [left for one in self._objects.values() for left in _lefts(one, "it was not taken away")]
            lefts += [_left_upload(one, "it was not ended") for one in self._uploads.values()]
        return tuple(lefts)

    def _end(self, one: _Upload, owner: "S3Client | None") -> list[Left]:
        client = owner or one.maker
        try:
            client.abort_multipart_upload(Bucket=one.bucket, Key=one.key, UploadId=one.upload)
        except _FAILURES as error:
            if not _is_gone(error):
                return [_left_upload(one, _reason(error))]
        self.end_upload(one.upload)
        return []

    def _take(self, one: _Object, owner: "S3Client | None") -> list[Left]:
        client = owner or one.maker
        listed = _all_versions(owner, one)
        # Of a write whose answer was lost, nobody else knows whether there is anything: a delete without a
        # version would put a marker where nothing was.
        known = one.there or listed is None
        versions: Sequence[str | None] = listed or one.versions or ([None] if known else [])
        lefts: list[Left] = []
        for version in versions:
            lefts += _delete(client, one, version)
        if not lefts:
            with self._lock:
                self._objects.pop((one.bucket, one.key), None)
        return lefts


def _bound(
    function: Callable[..., list[Left]],  # Any: a method of this module, with what it takes
    *arguments: Any,
) -> Callable[[], list[Left]]:
    return lambda: function(*arguments)


def _all_versions(owner: "S3Client | None", one: _Object) -> list[str] | None:
    """All versions of the key, as the owner sees them; `None` where that cannot be asked."""
    if owner is None:
        return None
    try:
        answer = owner.list_object_versions(Bucket=one.bucket, Prefix=one.key)
    except _FAILURES:
        return None
    listed = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
    return [each["VersionId"] for each in listed if each.get("Key") == one.key and "VersionId" in each]


def _delete(client: "S3Client", one: _Object, version: str | None) -> Iterator[Left]:
    more: dict[str, Any] = {} if version is None else {"VersionId": version}  # Any: boto3's keyword
    try:
        answer = client.delete_object(Bucket=one.bucket, Key=one.key, **more)
    except _FAILURES as error:
        if not _is_gone(error):
            # A write whose answer was lost, and which was refused after all, is not there either.
            yield Left(bucket=one.bucket, key=one.key, version=version, reason=_reason(error))
        return
    if version is None and answer.get("DeleteMarker"):
        for left in dict.fromkeys(("null", answer.get("VersionId", "null"))):
            yield Left(bucket=one.bucket, key=one.key, version=left, reason="the bucket keeps versions")


def _lefts(one: _Object, reason: str) -> Iterable[Left]:
    for version in one.versions or (None,):
        yield Left(bucket=one.bucket, key=one.key, version=version, reason=reason)


def _left_upload(one: _Upload, reason: str) -> Left:
    return Left(bucket=one.bucket, key=one.key, upload=one.upload, reason=reason)


def _is_gone(error: Exception) -> bool:
    gone = {"NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NoSuchBucket", "404"}
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in gone


def _reason(error: Exception) -> str:
    return str(error)
