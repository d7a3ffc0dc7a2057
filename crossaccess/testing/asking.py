"""What a test asks, answered as `crossaccess explain` answers it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Final

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Picture
from crossaccess.explain.circumstances import Circumstances, checked
from crossaccess.explain.explaining import explain
from crossaccess.explain.hints import Hints
from crossaccess.explain.question import read_question
from crossaccess.explain.result import Explanation
from crossaccess.testing.errors import StackError

_AS_IT_IS: Final = ("arn:", "s3://")


def _argument(told: Sequence[tuple[str, str]]) -> str:
    return f"context={json.dumps(dict(told), ensure_ascii=False)}"


_HINTS: Final = Hints(
    context=_argument,
    unread="only what the stacks in stack_configs hold is known here: add the one that holds it, if one does",
    others="there may be others, which no stack here holds",
    lagging="let its config give the grant {grant} to {who}: crossaccess:attachTo leaves them out",
    following="change nothing: it takes the owner's grant up",
)


def answers(
    picture: Picture, principal: str, action: str, resource: str, context: Mapping[str, Sequence[str]]
) -> tuple[Explanation, ...]:
    """Answer for each principal that is meant. Raises `StackError` where the question is none."""
    try:
        circumstances = Circumstances(now=dt.datetime.now(dt.UTC), told=checked(context), hints=_HINTS)
        asked = (principal, action, _located(picture, principal, resource))
        return explain(picture, read_question(picture, asked, circumstances))
    except SourceError as error:
        raise StackError(str(error)) from None


def text_of(explanations: Sequence[Explanation]) -> str:
    """The explanations, as people read them."""
    # Tests that pass need no words.
    from crossaccess.report.explain.text import render  # noqa: PLC0415

    return render(explanations, (), hints=_HINTS).rstrip()


def _located(picture: Picture, principal: str, resource: str) -> str:
    """The ARN of a key or prefix: in the bucket of the grant that is named, or in the only one there is."""
    if resource.startswith(_AS_IT_IS):
        return resource
    of_grant = {one.bucket for one in picture.grants if one.name == principal.removeprefix("grant/")}
    found = [one.arn for one in picture.buckets if not of_grant or one.name in of_grant]
    if len(found) != 1:
        known = ", ".join(one.arn for one in picture.buckets) or "none that is known"
        raise StackError(f"{resource!r} does not say one bucket of these stacks: give an ARN in {known}")
    return f"{found[0]}/{resource}" if resource else found[0]
