"""`who` and `verify` agree: on random pairs of stacks, each line is expected as the matrix says."""

from hypothesis import given, settings

from crossaccess.decide import Decision
from crossaccess.policy.arn import parse_arn
from crossaccess.verify.expecting import expect
from crossaccess.verify.line import ASSUMING, By
from crossaccess.who.finding import who
from tests.support.matrix_judge import Asked, decided
from tests.support.stack_pairs import StackPair, stack_pairs

_thrifty = settings(deadline=None, max_examples=settings().max_examples // 2)
_SAME = {Decision.DENIED: Decision.NOT_ALLOWED}


@_thrifty
@given(stack_pairs())
def test_each_line_is_expected_as_the_matrix_says(pair: StackPair) -> None:
    """By own keys and by the roles, with and without an address that is told."""
    matrix = who(pair.picture)
    bucket = pair.picture.buckets[0]
    for requester in pair.requesters():
        known = pair.known(requester)
        arn = parse_arn(requester.principal_arn or "")
        assert arn is not None
        assumed = set()
        for line in pair.lines(requester):
            grant = known.grants[line.bucket, line.grant]
            asked = Asked(line=line, grant=grant, bucket=bucket, now=pair.now, context=pair.context)
            if line.by is By.ROLE and line.grant not in assumed:
                # Nobody gets so far: `verify` does not make the call.
                continue
            expected = expect(line, known)
            told = decided(matrix, arn.resource, asked)
            assert _SAME.get(expected.decision, expected.decision) is told, (requester.arn, line, expected)
            if line.call in ASSUMING and told is Decision.ALLOWED:
                assumed.add(line.grant)


@_thrifty
@given(stack_pairs())
def test_whatever_the_program_deploys_its_grants_mention(pair: StackPair) -> None:
    """No access of theirs is marked, whatever else is not there yet."""
    matrix = who(pair.picture)
    assert not matrix.unmentioned, matrix.unmentioned
