"""The benchmark's questions to provers: their answers are what they are said to be."""

import json
from collections.abc import Mapping, Sequence

import pytest

from bench.families import ACCOUNT, BOB, FAMILIES, Family, Question
from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.document import PolicyKind, parse_document
from crossaccess.policy.sizes import MANAGED_POLICY, size_of

# Requests that reach the pairs 0 and 1 of some family, each in several circumstances.
KEYS = ("/x/p0/y", "/x/p1/p0/y", "/team-0/y", "/x-p000-ab.csv", "/a0b0", "/xa0xb1xb0x", "/a0b0a1b1", "")
CIRCUMSTANCES: Sequence[Mapping[str, Sequence[str]]] = [
    {"aws:SecureTransport": [secure], "aws:SourceIp": [address], "s3:prefix": [prefix]}
    for secure in ("true", "false")
    for address in ("10.0.0.1", "10.0.200.1", "10.1.200.1", "192.0.2.1")
    for prefix in ("x/p0/", "x/p0/p1/", "y")
]
of_each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def allowed(question: Question) -> set[str]:
    """The resources among those above on which the question's action is allowed in some circumstances."""
    identity = [compile_document(parse_document(one, PolicyKind.IDENTITY)) for one in question.documents]
    bucket = question.resource.removesuffix("/*")
    found = set()
    for key in KEYS:
        for context in CIRCUMSTANCES:
            request = Request(
                principal=BOB,
                action=question.action,
                resource=bucket + key,
                resource_account=ACCOUNT,
                context=context,
            )
            if decide(request, Policies(identity=identity)).decision is Decision.ALLOWED:
                found.add(bucket + key)
    return found


@of_each_family
@pytest.mark.parametrize("pairs", [1, 5])
def test_what_is_said_to_hold_holds_and_the_rest_has_a_counterexample(family: Family, pairs: int) -> None:
    """The decision core allows nothing of what is never allowed, and something of what is."""
    for question in family.questions(pairs):
        assert bool(allowed(question)) is not question.holds, question


@of_each_family
def test_each_family_has_a_question_of_both_kinds(family: Family) -> None:
    """One is to be proven, the other refuted, over the same policies."""
    proven, refuted = family.questions(20)
    assert (proven.holds, refuted.holds) == (True, False)
    assert proven.documents == refuted.documents


@of_each_family
def test_a_proof_needs_the_denies(family: Family) -> None:
    """What is denied is allowed otherwise: no prover is done before it has looked at the denies."""
    question = family.questions(2)[0]
    documents = [
        {**document, "Statement": [one for one in statements(document) if one["Effect"] == "Allow"]}
        for document in question.documents
    ]
    without = Question(
        documents=documents, action=question.action, resource=question.resource, holds=question.holds
    )
    assert allowed(without)


@of_each_family
def test_the_policies_are_such_as_aws_takes(family: Family) -> None:
    """200 pairs are spread over documents within the size of a managed policy."""
    question = family.questions(200)[0]
    documents = [parse_document(json.dumps(one), PolicyKind.IDENTITY) for one in question.documents]
    assert len(documents) > 1
    assert sum(len(document.statements) for document in documents) >= 400
    assert all(size_of(document, MANAGED_POLICY) <= MANAGED_POLICY.maximum for document in documents)


@of_each_family
def test_no_two_turns_share_a_resource(family: Family) -> None:
    """What a prover remembers of one turn is of no use to it in the next."""
    resources = [
        {resource for one in family.questions(5, turn=turn)[0].documents for resource in resources_of(one)}
        for turn in range(3)
    ]
    assert not resources[0] & resources[1]
    assert not resources[1] & resources[2]


def statements(document: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """The statements of a document as they are."""
    found = document["Statement"]
    assert isinstance(found, list)
    return found


def resources_of(document: Mapping[str, object]) -> set[str]:
    """The resources that the statements of a document name."""
    return {str(one["Resource"]) for one in statements(document)}
