"""A decision, with its reasons worked out when somebody asks for them."""

from dataclasses import dataclass

from crossaccess.decide.evaluate import Decision, Policies, Verdict, evaluate
from crossaccess.decide.reasons import Reason, explain
from crossaccess.decide.request import Facts, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was decided, and from what."""

    facts: Facts
    verdict: Verdict

    @property
    def decision(self) -> Decision:
        """The decision."""
        return self.verdict.decision

    @property
    def details(self) -> tuple[Reason, ...]:
        """The statements that decided; and for every side that failed the nearest one and what it missed."""
        return explain(self.facts, self.verdict)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The same as sentences."""
        return tuple(str(reason) for reason in self.details)


def decide(request: Request, policies: Policies) -> Answer:
    """Decide one request by the policies of both sides.

    Raises `RequestError` where the request is none: a principal that is no principal, an action with
    wildcards, a resource account that contradicts the resource's ARN.
    """
    facts = Facts(request)
    return Answer(facts=facts, verdict=evaluate(facts, policies))
