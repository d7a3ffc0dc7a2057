"""Laws of the condition operators, found out with random values: negation, IfExists, set operators."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossaccess.decide import Decision
from tests.decide.strategies import BOB, KINDS, OWNER, Json, Situation, conditions, contexts

many = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def _holds(block: Json, context: dict[str, list[str]]) -> bool:
    """Whether a condition holds in a request, seen by what an otherwise open identity policy allows."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": block}
    decision = (
        Situation(
            caller=f"arn:aws:iam::{OWNER}:user/alice",
            action="s3:GetObject",
            target="arn:aws:s3:::box/a/x",
            context=context,
            identity=({"Version": "2012-10-17", "Statement": [statement]},),
        )
        .answer()
        .decision
    )
    assert decision in {Decision.ALLOWED, Decision.NOT_ALLOWED}
    return decision is Decision.ALLOWED


_pairs = {
    "StringEquals": "StringNotEquals",
    "StringLike": "StringNotLike",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}
_samples = {
    "String": (["a", "a*", "?", "A", ""], ["a", "ab", "A", "", "*"]),
    "Numeric": (["9", "10", "10.5"], ["9", "10", "10.0"]),
    "Date": (["2026-01-01T00:00:00Z", "1767225600"], ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
    "IpAddr": (["203.0.113.0/24", "203.0.113.7"], ["203.0.113.7", "203.0.113.8", "198.51.100.1"]),
    "Arn": ([BOB, "arn:aws:iam::*:user/*"], [BOB, f"arn:aws:iam::{OWNER}:role/x"]),
}


@st.composite
def _comparisons(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """A positive operator, values of a policy, and a value of a request of the same kind."""
    operator = draw(st.sampled_from(sorted(_pairs)))
    policy, request = next(sample for kind, sample in _samples.items() if operator.startswith(kind))
    values = draw(st.lists(st.sampled_from(policy), min_size=1, max_size=3, unique=True))
    return operator, values, draw(st.sampled_from(request))


@many
@given(_comparisons())
def test_a_negated_operator_is_the_opposite_of_its_operator(comparison: tuple[str, list[str], str]) -> None:
    """With the key there, exactly one of the two holds; without it, the negated one does."""
    operator, values, given_value = comparison
    negated = _pairs[operator]
    for context in ({"example:key": [given_value]}, {}):
        positive = _holds({operator: {"example:key": values}}, context)
        assert _holds({negated: {"example:key": values}}, context) is not positive
    assert _holds({negated: {"example:key": values}}, {})


@many
@given(_comparisons(), st.booleans())
def test_if_exists_is_the_operator_where_the_key_is_there(
    comparison: tuple[str, list[str], str], negate: bool
) -> None:
    """With the key, `...IfExists` changes nothing; without it, the condition holds."""
    operator, values, given_value = comparison
    name = _pairs[operator] if negate else operator
    there = {"example:key": [given_value]}
    assert _holds({f"{name}IfExists": {"example:key": values}}, there) is _holds(
        {name: {"example:key": values}}, there
    )
    assert _holds({f"{name}IfExists": {"example:key": values}}, {})


@many
@given(_comparisons(), st.booleans(), st.data())
def test_set_operators_ask_every_value_or_any(
    comparison: tuple[str, list[str], str], negate: bool, data: st.DataObject
) -> None:
    """`ForAllValues` is the operator of every value of the request, `ForAnyValue` of at least one."""
    operator, values, _one = comparison
    name = _pairs[operator] if negate else operator
    choice = next(sample[1] for kind, sample in _samples.items() if operator.startswith(kind))
    # An empty text counts as no value to a set operator, and is left to the cases.
    told = data.draw(st.lists(st.sampled_from([text for text in choice if text]), max_size=3, unique=True))
    each = [_holds({name: {"example:key": values}}, {"example:key": [value]}) for value in told]
    context = {"example:key": told}
    assert _holds({f"ForAllValues:{name}": {"example:key": values}}, context) is all(each)
    assert _holds({f"ForAnyValue:{name}": {"example:key": values}}, context) is any(each)


@many
@given(conditions(), conditions(), contexts())
def test_all_conditions_of_a_statement_must_hold(
    one: Json, other: Json, context: dict[str, list[str]]
) -> None:
    """Two blocks put into one hold exactly where both hold."""
    if set(one) & set(other):
        return
    assert _holds({**one, **other}, context) is (_holds(one, context) and _holds(other, context))


def test_every_kind_of_condition_key_has_operators_that_fit() -> None:
    """The strategies ask for each family of operators, lest a family go untested."""
    families = {
        operator.split(":")[-1][:4] for operators, _values, _given in KINDS.values() for operator in operators
    }
    assert families >= {"Stri", "Bool", "Nume", "Date", "IpAd", "NotI", "ArnE", "ArnL", "ArnN"}
