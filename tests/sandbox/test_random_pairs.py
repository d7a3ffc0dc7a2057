"""`who`, the decision core and AWS's answers agree: random pairs of stacks, and `verify`'s real calls."""

import datetime as dt
import os
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.loaders import create_loader
from hypothesis import HealthCheck, Phase, assume, event, given, settings

from crossaccess.decide import Decision
from crossaccess.live.verifying import Options, verify
from crossaccess.policy.arn import parse_arn
from crossaccess.verify.caller import Requester
from crossaccess.verify.judging import Verdict, Verification
from crossaccess.verify.line import ASSUMING, By, Reply
from crossaccess.who.finding import who
from crossaccess.who.matrix import Matrix
from sandbox.cloud import start_cloud
from sandbox.environment import FOREIGN, SANDBOX_VARIABLE, add_profile, write_aws_files
from sandbox.folder import SandboxFolder
from sandbox.known_cloud import write_cloud
from tests.support.cast import OWNER, PLACES, REQUESTER, SIBLING, STRANGER
from tests.support.matrix_judge import Asked, decided
from tests.support.people import People
from tests.support.put_up import OWNERS, REQUESTERS, Administrators, make_role, put_up
from tests.support.stack_pairs import StackPair, stack_pairs

pytestmark = pytest.mark.sandbox

KEY_OF_PAIRS = "00000000-0000-4000-8000-000000000001"
TRUTH = {
    "aws:SourceIp": ("127.0.0.1",),
    "aws:SourceVpce": (),
    "aws:PrincipalOrgID": (PLACES[REQUESTER].partition("/")[0],),
    "aws:PrincipalOrgPaths": (f"{PLACES[REQUESTER]}/",),
}
"""What no stack tells of the calls, and what the gate finds."""
AS_IF_NOW = {
    "203.0.113.7": "127.0.0.1",
    "203.0.113.": "127.0.0.",
    "2026-06-15T12:00:01Z": "2126-06-15T12:00:01Z",
}
"""Where the calls come from is in some of the networks, and some of the ends are not over."""
_SAME = {Decision.DENIED: Decision.NOT_ALLOWED}
_few = settings(
    max_examples=max(5, settings().max_examples // 20),
    # Of many pairs no principal of the requester's account is told anything.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    # Each try of a smaller pair would take as long as the first.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrators]:
    """Two accounts of these tests' own, with the people of the pairs, whose profiles are the environment's.

    They stand in the organization of the pairs, and need no engine.
    """
    folder = SandboxFolder(root=tmp_path_factory.mktemp("pairs")).cleared()
    paths = {account: f"{PLACES[account]}/" for account in (OWNER, REQUESTER)}
    with (
        start_cloud(folder.cloud, elsewhere=(SIBLING, STRANGER), organization_paths=paths) as cloud,
        pytest.MonkeyPatch.context() as changed,
    ):
        write_aws_files(folder, cloud)
        write_cloud(folder, cloud)
        for name in (one for one in os.environ if one.startswith(FOREIGN)):
            changed.delenv(name)
        changed.setenv(SANDBOX_VARIABLE, str(folder.root))
        changed.setenv("AWS_CONFIG_FILE", str(folder.aws_config))
        changed.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder.aws_credentials))
        changed.setenv("NO_PROXY", "127.0.0.1")
        # The descriptions of the services are large: they are read once for all sessions.
        loader = create_loader()
        changed.setattr(botocore.session, "create_loader", lambda _: loader)
        people = People(cloud=cloud)
        found = Administrators.of(people)
        found.requesters.update_user(UserName="carol", NewPath="/team/")
        for name, path in (("loader", "/etl/"), ("reader", "/")):
            keys = people.assume(REQUESTERS, make_role(found, name, path), DurationSeconds=43_200)
            add_profile(folder, cloud, name, keys)
        yield found


@pytest.fixture(scope="module")
def key(by: Administrators) -> str:
    """The id of a KMS key of the owner's, for all buckets one after the other."""
    return by.kms.create_key()["KeyMetadata"]["KeyId"]


# A pair that fails is printed with all its policies.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@_few
@given(pair=stack_pairs())
def test_each_line_comes_out_as_the_matrix_says(pair: StackPair, by: Administrators, key: str) -> None:
    """By own keys and by the roles, whether everything is told of the calls or nothing is."""
    requesters = [*pair.requesters()]
    assume(requesters)
    pair = pair.written_with({KEY_OF_PAIRS: key, **AS_IF_NOW})
    matrix = who(pair.picture)
    context = TRUTH if pair.context else {}
    with put_up(by, pair.picture):
        for requester in requesters:
            options = Options(profile=requester.name, owner_profile=OWNERS, wait=0, context=context)
            found = verify(pair.picture, options, lambda _: None)
            assert found.left == ()
            check(found, matrix, requester, pair, options)


def check(
    found: Verification, matrix: Matrix, requester: Requester, pair: StackPair, options: Options
) -> None:
    """Hold each line's outcome against the core's word, and both against the matrix."""
    arn = parse_arn(requester.principal_arn or "")
    assert arn is not None
    assumed = {
        one.line.grant
        for one in found.outcomes
        if one.line.call in ASSUMING and one.answer.reply is Reply.ALLOWED
    }
    grants = pair.known(requester).grants
    for one in found.outcomes:
        if one.line.by is By.ROLE and one.line.grant not in assumed:
            assert one.answer.reply is Reply.NOT_MADE, one
            continue
        assert one.answer.reply in (Reply.ALLOWED, Reply.REFUSED), one
        event(f"a call by {one.line.by.value} is {one.answer.reply.value}")
        asked = Asked(
            line=one.line,
            grant=grants[one.line.bucket, one.line.grant],
            bucket=pair.picture.buckets[0],
            now=dt.datetime.now(dt.UTC),
            context=options.context,
        )
        told = decided(matrix, arn.resource, asked)
        expected = one.expected.decision
        assert _SAME.get(expected, expected) is told, (requester.arn, one, told)
        if told is Decision.UNKNOWN:
            assert not options.context, (requester.arn, one)
        else:
            assert one.verdict is Verdict.AGREES, (requester.arn, one)
