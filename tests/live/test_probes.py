"""What this run has made is taken away again, and nothing else."""

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.parsers import ResponseParserError

from crossaccess.live.calls import Calls
from crossaccess.live.probes import Probes
from crossaccess.verify.line import Aim, Answer, By, Call, Line, Reply
from tests.support.verified import BUCKET, Store, grant, refusal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

    from crossaccess.deployment.picture import Grant
    from crossaccess.live.sessions import Access

THEIRS = {"post/letter.txt": ["null"], "post/.crossaccess-probe/other-run": ["null"]}


class Way:
    """A way in whose S3 is a store of ours."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def s3(self) -> "S3Client":
        """The store."""
        return client(self._store)

    def plain_s3(self, _: str) -> "S3Client":
        """The same over plain HTTP."""
        return client(self._store)

    def sts(self) -> "STSClient":
        """Nobody is asked."""
        return cast("STSClient", None)


def client(store: Store) -> "S3Client":
    """A store as the client that the code takes it for."""
    return cast("S3Client", store)


def made(store: Store, *calls: Call, owner: Store | None = None) -> tuple[Probes, list[Answer]]:
    """Make calls under `post/` as the requester; the probes of them."""
    probes = Probes()
    grants: dict[tuple[str, str], Grant] = {(BUCKET, "reports"): grant()}
    way = Calls(cast("Access", Way(store)), grants, probes, owner=None if owner is None else client(owner))
    if owner is not None:
        assert way.make_probe(BUCKET, "post/") is None
    lines = [
        Line(grant="reports", bucket=BUCKET, by=By.OWN, call=one, place="post/", aim=Aim.GRANTED)
        for one in calls
    ]
    return probes, [way.make(one) for one in lines]


def test_whoever_may_delete_takes_its_own_away() -> None:
    """Objects of one piece and of parts; what others have is left alone."""
    store = Store(content={**THEIRS})
    probes, answers = made(store, Call.PUT, Call.PUT, Call.MULTIPART, Call.ABORT)
    assert {one.reply for one in answers} == {Reply.ALLOWED}
    assert len(store.content) == len(THEIRS) + 3
    assert probes.remove(None) == ()
    assert (store.content, store.uploads) == (THEIRS, {})
    assert probes.remove(None) == probes.still_there() == ()


def test_versions_and_markers_are_taken_away_one_by_one() -> None:
    """A delete in a bucket that keeps versions only puts a marker on the object."""
    store = Store(versions=True, content={**THEIRS})
    probes, _ = made(store, Call.PUT, Call.DELETE, Call.MULTIPART)
    assert probes.remove(None) == ()
    assert store.content == THEIRS
    assert store.calls.count("delete_object") == 1


@pytest.mark.parametrize("versions", [False, True])
def test_a_probe_may_be_deleted_twice(versions: bool) -> None:
    """Several grants of the same prefix try it on the same probe."""
    store = Store(versions=versions, content={**THEIRS})
    probes, answers = made(store, Call.PUT, Call.DELETE, Call.DELETE)
    assert {one.reply for one in answers} == {Reply.ALLOWED}
    assert probes.remove(None) == ()
    assert store.content == THEIRS


def test_what_may_not_be_deleted_is_named_with_its_version() -> None:
    """And the owner can take it away then."""
    store = Store(versions=True, refuses={"delete_version"})
    probes, _ = made(store, Call.PUT, Call.DELETE)
    left = probes.remove(None)
    (key,) = store.content
    assert [(one.key, one.version) for one in left] == [(key, one) for one in sorted(store.content[key])]
    assert all("AccessDenied" in one.reason for one in left)
    assert set(probes.still_there()) != set()
    store.refuses.clear()
    assert probes.remove(client(store)) == ()
    assert store.content == {}


def test_a_bucket_that_keeps_versions_unsaid_is_found_out() -> None:
    """A delete that answers with a marker has deleted nothing."""
    store = Store()
    probes, _ = made(store, Call.PUT)
    store.versions = True
    (left, marker) = probes.remove(None)
    assert (left.version, left.reason) == ("null", "the bucket keeps versions")
    assert marker.version is not None


def test_a_refused_write_leaves_nothing_to_take_away() -> None:
    """AWS says that it did nothing; a part of an upload that was begun is thrown away."""
    store = Store(refuses={"put_object", "complete_multipart_upload"})
    probes, answers = made(store, Call.PUT, Call.MULTIPART)
    assert {one.reply for one in answers} == {Reply.REFUSED}
    assert len(store.uploads) == 1
    assert probes.remove(None) == ()
    assert store.uploads == {}
    assert "delete_object" not in store.calls


def test_a_write_whose_answer_was_lost_is_taken_away() -> None:
    """It may have been done, and was."""
    store = Store(lost={"put_object"})
    probes, answers = made(store, Call.PUT)
    assert [one.reply for one in answers] == [Reply.FAILED]
    assert store.content
    assert probes.remove(None) == ()
    assert store.content == {}


@pytest.mark.parametrize(
    ("call", "method"), [(Call.PUT, "put_object"), (Call.MULTIPART, "complete_multipart_upload")]
)
def test_a_write_that_was_sent_again_is_taken_away(call: Call, method: str) -> None:
    """AWS refuses the second one, since the first one was done."""
    store = Store(sent_again={method})
    probes, answers = made(store, call)
    assert [one.reply for one in answers] == [Reply.FAILED]
    assert store.content
    assert probes.remove(None) == ()
    assert store.content == {}


def test_what_was_never_written_gets_no_marker() -> None:
    """The owner sees that nothing is there; a delete would leave a marker of its own."""
    owner, store = Store(versions=True), Store(lost={"put_object"})
    probes, _ = made(store, Call.PUT)
    assert probes.remove(client(owner)) == probes.still_there() == ()
    assert owner.calls == ["list_object_versions"]


class NotAws(Store):
    """Something that answers, and not as AWS does."""

    def _enter(self, name: str) -> None:
        super()._enter(name)
        raise ResponseParserError


@pytest.mark.parametrize("owned", [False, True])
def test_an_answer_that_nobody_can_read_fails_its_line_alone(owned: bool) -> None:
    """And what may have been written is named."""
    store = NotAws()
    probes, answers = made(store, Call.PUT, Call.LIST)
    assert {(one.reply, one.code) for one in answers} == {(Reply.FAILED, "ResponseParserError")}
    assert len(probes.remove(client(store) if owned else None)) == 1


def test_a_bucket_that_is_gone_lets_nothing_through() -> None:
    """What a HEAD answers with 404 is the bucket then, and not an object in it."""

    class Gone(Store):
        def list_objects_v2(self, **_: object) -> dict[str, Any]:
            raise refusal("NoSuchBucket", 404)

        def head_object(self, **_: object) -> None:
            raise refusal("404", 404)

    _, (before, _, after) = made(Gone(), Call.HEAD_PLAIN, Call.LIST, Call.HEAD_PLAIN)
    assert before.reply is Reply.ALLOWED
    assert (after.reply, after.code) == (Reply.FAILED, "NoSuchBucket")


def test_an_upload_that_cannot_be_ended_is_named() -> None:
    """With its id, by which the owner ends it."""
    store = Store(refuses={"complete_multipart_upload", "abort_multipart_upload"})
    probes, _ = made(store, Call.MULTIPART)
    (left,) = probes.remove(None)
    assert left.upload in store.uploads


def test_a_delete_is_tried_on_a_probe_only() -> None:
    """Without one it is not made; with the owner's it is."""
    store = Store(content={**THEIRS})
    _, (answer,) = made(store, Call.DELETE)
    assert (answer.reply, store.calls) == (Reply.NOT_MADE, [])
    mine = Store()
    probes, (answer,) = made(mine, Call.DELETE, owner=mine)
    assert answer.reply is Reply.ALLOWED
    assert (mine.content, probes.remove(client(mine))) == ({}, ())


def test_names_are_this_run_s_own() -> None:
    """No two runs, and no two probes, share one."""
    one, other = Probes(), Probes()
    keys = {each.new_key("post/") for each in (one, one, other)}
    assert len(keys) == 3
    assert all(key.startswith("post/.crossaccess-probe/") for key in keys)


@pytest.mark.parametrize("call", [Call.GET, Call.PUT])
def test_a_role_that_was_not_assumed_makes_no_call(call: Call) -> None:
    """It is said so, rather than called a refusal."""
    way = Calls(cast("Access", Way(Store())), {(BUCKET, "reports"): grant()}, Probes())
    line = Line(grant="reports", bucket=BUCKET, by=By.ROLE, call=call, place="post/", aim=Aim.GRANTED)
    assert way.make(line).reply is Reply.NOT_MADE
