"""Proofs: proven, a counterexample, or unknown with the reason."""

import json
from collections.abc import Mapping

import pytest

from crossaccess.compare import outside
from crossaccess.compare.change import Effect
from crossaccess.compare.comparing import compare
from crossaccess.compare.prove import ProofKind, never, no_new_access
from crossaccess.decide import Decision, Policies, compile_document, decide
from crossaccess.deployment.picture import Bucket, Picture, Policy, Principal
from crossaccess.policy.document import PolicyKind, parse_document
from crossaccess.policy.principal import PrincipalKind
from tests.decide.strategies import BOB, OWNER, REQUESTER
from tests.support.compared import request_of

_BOX = "arn:aws:s3:::box"
Json = Mapping[str, object]


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(actions: str, where: str, **more: object) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": where, **more}


def _picture(bucket: str | None, own: str | None) -> Picture:
    """A bucket of the owner, and bob with one policy; `None` for a text that nobody knows."""
    policy = Policy(
        name="bucket policy of box", text=bucket, unknown=None if bucket else "its bucket is replaced"
    )
    attached = Policy(name="policy of user/bob", text=own, unknown=None if own else "it is secret")
    return Picture(
        buckets=(Bucket(name="box", account=OWNER, policy=policy),),
        principals=(Principal(kind=PrincipalKind.USER, name="bob", account=REQUESTER, policies=(attached,)),),
    )


_LETS_BOB = _document(_allow("s3:GetObject", f"{_BOX}/reports/*", Principal={"AWS": BOB}))
_LETS_BOB_MORE = _document(_allow("s3:GetObject", f"{_BOX}/*", Principal={"AWS": BOB}))
_READS = _document(_allow("s3:GetObject", f"{_BOX}/*"))


def test_a_rewrite_that_changes_no_access_is_proven_to_give_none() -> None:
    """The same in two statements, and the same conditions in another order."""
    split = _document(
        _allow("s3:GetObject", f"{_BOX}/reports/a*", Principal={"AWS": BOB}),
        _allow("s3:GetObject", f"{_BOX}/reports/*", Principal={"AWS": BOB}),
    )
    old, new = _picture(_LETS_BOB, _READS), _picture(split, _READS)
    assert no_new_access(old, new).kind is ProofKind.PROVEN


def test_a_widened_prefix_has_a_counterexample_that_the_core_confirms() -> None:
    """The example is allowed in the new state and not in the old one."""
    proof = no_new_access(_picture(_LETS_BOB, _READS), _picture(_LETS_BOB_MORE, _READS))
    assert proof.kind is ProofKind.COUNTEREXAMPLE
    assert proof.example is not None
    request = request_of(proof.example.request)
    identity = [compile_document(parse_document(_READS, PolicyKind.IDENTITY))]
    found = [
        decide(
            request,
            Policies(identity=identity, resource=compile_document(parse_document(text, PolicyKind.RESOURCE))),
        ).decision
        for text in (_LETS_BOB, _LETS_BOB_MORE)
    ]
    assert found == [Decision.NOT_ALLOWED, Decision.ALLOWED]


def test_a_policy_that_nobody_knows_leaves_a_proof_open() -> None:
    """A bucket policy that is not known yet is no proof of anything, and its name is told."""
    proof = no_new_access(_picture(_LETS_BOB, _READS), _picture(None, _READS))
    assert proof.kind is ProofKind.UNKNOWN
    assert any("bucket policy of box" in reason for reason in proof.reasons)


def test_what_nobody_may_do_is_proven() -> None:
    """Nobody may delete what only reading is granted for, and bob may read."""
    picture = _picture(_LETS_BOB, _READS)
    assert never(picture, ["s3:DeleteObject"], f"{_BOX}/*").kind is ProofKind.PROVEN
    assert never(picture, ["s3:Get*"], f"{_BOX}/*").kind is ProofKind.COUNTEREXAMPLE


def test_an_excepted_principal_is_left_out_of_a_proof() -> None:
    """Nobody but bob may read; bob alone is named."""
    picture = _picture(_LETS_BOB, _READS)
    assert never(picture, ["s3:GetObject"], f"{_BOX}/*", but=[BOB]).kind is ProofKind.PROVEN
    carol = BOB.replace("bob", "carol")
    assert never(picture, ["s3:GetObject"], f"{_BOX}/*", but=[carol]).kind is ProofKind.COUNTEREXAMPLE


def test_what_takes_too_long_to_tell_is_unknown_with_target_and_subject(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A doubt hides nothing: the change names bob and the bucket, and counts as a gain that may be."""
    monkeypatch.setattr(outside, "_MOST_STEPS", 0)
    found = compare(_picture(_LETS_BOB, _READS), _picture(_LETS_BOB_MORE, _READS))
    bobs = [one for one in found.changes if one.subject.name == "user/bob"]
    assert bobs
    assert {(one.effect, one.target) for one in bobs} == {
        (Effect.UNKNOWN, "bucket box"),
        (Effect.LOSS, "bucket box"),
    }


def test_a_principals_policy_that_nobody_can_read_is_told() -> None:
    """A policy that is attached and secret may let bob do anything."""
    found = compare(_picture(_LETS_BOB, _READS), _picture(_LETS_BOB, None))
    assert any(
        one.effect is Effect.UNKNOWN and one.subject.name == "user/bob" and "policy of user/bob" in one.target
        for one in found.changes
    )
