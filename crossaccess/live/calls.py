"""Making the call of a line for real, and what AWS answers to it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from crossaccess.deployment.picture import Grant
from crossaccess.live.probes import BODY, Probes
from crossaccess.live.sessions import Access
from crossaccess.verify.expecting import SESSION_NAME, WRONG_EXTERNAL_ID
from crossaccess.verify.line import ASSUMING, Answer, By, Call, Line, Reply

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "KMS.AccessDeniedException", "403"})
"""AWS's codes for a lack of permission; a HEAD's answer has no other than its status."""
_MISSING = frozenset({"NoSuchKey", "404"})
_NO_BUCKET = "NoSuchBucket"
_DONE_BEFORE = frozenset({"PreconditionFailed", "NoSuchUpload"})
"""What AWS answers to a write that boto3 has sent again, where the first one was done and its answer lost."""
_UNCONDITIONAL = frozenset({"NotImplemented", "InvalidArgument"})
"""What other stores than AWS's answer to a header that they do not know."""
_SHORTEST_SESSION = 900


class Calls:
    """Makes the calls of lines as the requester, and remembers what they leave behind.

    `plain_url` is where S3 speaks plain HTTP, and used by the lines that are about that.
    """

    def __init__(
        self,
        access: Access,
        grants: Mapping[tuple[str, str], Grant],
        probes: Probes,
        *,
        plain_url: str = "",
        owner: "S3Client | None" = None,
    ) -> None:
        self._access = access
        self._grants = grants
        self._probes = probes
        self._plain_url = plain_url
        self._owner = owner
        self._own = access.s3()
        self._sts = access.sts()
        self._lock = threading.Lock()
        self._roles: dict[str, Access] = {}
        self._clients: dict[tuple[str, bool], S3Client] = {}
        self._seen: dict[tuple[str, str], str] = {}
        self._gone: set[str] = set()

    def make(self, line: Line) -> Answer:
        """Make a line's call."""
        answer = self._made(line)
        if answer.code == _NO_BUCKET:
            self._gone.add(line.bucket)
        elif answer.status == 404 and line.call is Call.HEAD_PLAIN and line.bucket in self._gone:
            # A HEAD's answer does not say what is missing.
            return replace(answer, reply=Reply.FAILED, code=_NO_BUCKET)
        return answer

    def _made(self, line: Line) -> Answer:
        if line.call in ASSUMING:
            return _answered(lambda: self._assume(line))
        client = self._client(line)
        if client is None:
            return Answer(reply=Reply.NOT_MADE, message="the role could not be assumed")
        if line.call is Call.DELETE and self._probes.key_at(line.bucket, line.place) is None:
            return Answer(reply=Reply.NOT_MADE, message="no probe could be made to try it on")
        return self._use(client, line)

    def make_probe(self, bucket: str, place: str) -> str | None:
        """Have the owner make a probe where there is none; answers what went wrong, if anything."""
        if self._owner is None or self._probes.key_at(bucket, place) is not None:
            return None
        answer = self._put(self._owner, bucket, place)
        if answer.reply is Reply.ALLOWED:
            return None
        return f"the owner could not make a probe under {place or 'the bucket'}: {answer.message}"

    def _use(self, client: "S3Client", line: Line) -> Answer:
        match line.call:
            case Call.PUT:
                return self._put(client, line.bucket, line.place)
            case Call.MULTIPART | Call.ABORT:
                return self._in_parts(client, line)
            case Call.LIST:
                return _answered(lambda: self._list(client, line))
            case Call.DELETE:
                return _answered(lambda: self._delete(client, line))
            case _:
                return self._read(client, line)

    def _client(self, line: Line) -> "S3Client | None":
        """The client of a line's credentials; `None` where the role was not assumed."""
        plain = line.call is Call.HEAD_PLAIN
        if line.by is By.OWN and not plain:
            return self._own
        role = "" if line.by is By.OWN else str(self._grants[line.bucket, line.grant].role_arn)
        with self._lock:
            access = self._access if line.by is By.OWN else self._roles.get(role)
            if access is None:
                return None
            # boto3 makes clients in one thread at a time only.
            found = self._clients.get((role, plain))
            if found is None:
                found = access.plain_s3(self._plain_url) if plain else access.s3()
                self._clients[role, plain] = found
            return found

    def _assume(self, line: Line) -> None:
        grant = self._grants[line.bucket, line.grant]
        said: dict[str, Any] = {}  # Any: boto3's keywords
        if line.call is Call.ASSUME_WRONG:
            said["ExternalId"] = WRONG_EXTERNAL_ID
        elif line.call is Call.ASSUME and grant.asks.external_id is not None:
            said["ExternalId"] = grant.asks.external_id
        if grant.asks.source_identity:
            said["SourceIdentity"] = grant.asks.source_identity[0]
        if grant.asks.session_tags:
            said["Tags"] = [{"Key": name, "Value": values[0]} for name, values in grant.asks.session_tags]
        answer = self._sts.assume_role(
            RoleArn=line.place, RoleSessionName=SESSION_NAME, DurationSeconds=_SHORTEST_SESSION, **said
        )
        if line.call is Call.ASSUME:
            with self._lock:
                self._roles.setdefault(line.place, self._access.assumed(dict(answer["Credentials"])))

    def _put(self, client: "S3Client", bucket: str, place: str) -> Answer:
        key = self._probes.new_key(place)
        self._probes.begin(bucket, key, client)

        def call() -> None:
            try:
                made = client.put_object(Bucket=bucket, Key=key, Body=BODY, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) not in _UNCONDITIONAL:
                    raise
                made = client.put_object(Bucket=bucket, Key=key, Body=BODY)
            self._probes.made(bucket, key, made.get("VersionId"), place=place)

        return self._written(bucket, key, call)

    def _written(self, bucket: str, key: str, call: Callable[[], None]) -> Answer:
        answer = _answered(call)
        refused = answer.status is not None and 400 <= answer.status < 500
        if refused and answer.code not in _DONE_BEFORE:
            # AWS says that it did nothing; of all else nobody knows.
            self._probes.refused(bucket, key)
        return answer

    def _in_parts(self, client: "S3Client", line: Line) -> Answer:
        bucket, key = line.bucket, self._probes.new_key(line.place)

        def call() -> None:
            upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
            self._probes.begin_upload(bucket, key, upload, client)
            part = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=BODY)
            if line.call is Call.ABORT:
                client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
            else:
                self._probes.begin(bucket, key, client)
                made = client.complete_multipart_upload(
                    Bucket=bucket,
                    Key=key,
                    UploadId=upload,
                    MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]},
                )
                self._probes.made(bucket, key, made.get("VersionId"))
            self._probes.end_upload(upload)

        return self._written(bucket, key, call)

    def _list(self, client: "S3Client", line: Line) -> None:
        answer = client.list_objects_v2(Bucket=line.bucket, Prefix=line.place, MaxKeys=1)
        for one in answer.get("Contents", []):
            with self._lock:
                self._seen.setdefault((line.bucket, line.place), one["Key"])

    def _read(self, client: "S3Client", line: Line) -> Answer:
        """Get one byte: of a probe, else of an object that a list has shown, else of one that is not there.

        Who may not list the bucket is refused a missing key as well (Amazon S3 API Reference, "GetObject").
        """
        bucket, place = line.bucket, line.place
        with self._lock:
            seen = self._seen.get((bucket, place))
        key = self._probes.key_at(bucket, place) or seen
        asked = key or self._probes.new_key(place)

        def call() -> None:
            if line.call is Call.HEAD_PLAIN:
                client.head_object(Bucket=bucket, Key=asked)
            else:
                client.get_object(Bucket=bucket, Key=asked, Range="bytes=0-0")["Body"].read()

        return _answered(call, missing=key is None)

    def _delete(self, client: "S3Client", line: Line) -> None:
        key = self._probes.key_at(line.bucket, line.place)
        if key is None:
            return
        answer = client.delete_object(Bucket=line.bucket, Key=key)
        marker = answer.get("VersionId", "null") if answer.get("DeleteMarker") else None
        self._probes.deleted(line.bucket, key, marker)


def _answered(call: Callable[[], None], *, missing: bool = False) -> Answer:
    """Make a call; what came of it, with AWS's own code and message."""
    try:
        call()
    except ClientError as error:
        code = _code(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        reply = Reply.FAILED
        if code in _REFUSALS:
            reply = Reply.REFUSED
        elif code in _MISSING or code == "InvalidRange":
            # Only who may read is told that nothing is there, or nothing in it.
            reply = Reply.ALLOWED
        return Answer(reply=reply, code=code, status=status, message=str(error), missing=missing)
    except (BotoCoreError, ResponseParserError) as error:
        return Answer(reply=Reply.FAILED, code=type(error).__name__, message=str(error), missing=missing)
    return Answer(reply=Reply.ALLOWED, missing=missing)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
