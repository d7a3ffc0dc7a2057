"""Calling AWS: what is tried again, what is taken for absent, and how a refusal is told."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, SSLError

from sandbox.provider.account import absent_as_none, calling, patiently
from sandbox.provider.errors import StandInError


def refusal(code: str, message: str = "no") -> ClientError:
    """Return an error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "SomeCall")


class Failing:
    """A call that fails with the given codes, one after another, and then answers."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.calls = 0

    def __call__(self) -> str:
        """Fail or answer."""
        self.calls += 1
        if self.codes:
            raise refusal(self.codes.pop(0))
        return "done"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in a test."""
    monkeypatch.setattr("sandbox.provider.account._PAUSES_SECONDS", (0.0, 0.0, 0.0))


def test_a_passing_state_is_tried_again() -> None:
    """S3 refuses two changes of a bucket at once, IAM two of a role."""
    call = Failing("OperationAborted", "ConcurrentModification")
    assert patiently(call) == "done"
    assert call.calls == 3


def test_patience_ends() -> None:
    """After the last pause AWS's answer stands."""
    call = Failing(*["OperationAborted"] * 9)
    with pytest.raises(ClientError, match="OperationAborted"):
        patiently(call)
    assert call.calls == 4


def test_any_other_refusal_is_final_unless_the_caller_names_it() -> None:
    """A new role may be unknown for a moment only where one was just made."""
    with pytest.raises(ClientError, match="NoSuchEntity"):
        patiently(Failing("NoSuchEntity"))
    assert patiently(Failing("NoSuchEntity"), also=("NoSuchEntity",)) == "done"


def test_the_codes_that_mean_absent_give_none_and_others_do_not() -> None:
    """Here "no such tag set" is an answer; "access denied" is not."""
    assert absent_as_none(("NoSuchTagSet",), Failing("NoSuchTagSet")) is None
    with pytest.raises(ClientError, match="AccessDenied"):
        absent_as_none(("NoSuchTagSet",), Failing("AccessDenied"))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (refusal("AccessDenied", "Access Denied"), "AccessDenied: Access Denied (SomeCall)"),
        (refusal("403", "Forbidden"), "AccessDenied: Forbidden (SomeCall)"),
        (refusal("MalformedPolicy", ""), "MalformedPolicy (SomeCall)"),
        (
            EndpointConnectionError(endpoint_url="https://127.0.0.1:1/"),
            (
                'EndpointConnectionError: Could not connect to the endpoint URL: "https://127.0.0.1:1/"; '
                "is the sandbox running?"
            ),
        ),
    ],
)
def test_a_refusal_is_told_in_awss_own_code_and_words(error: Exception, text: str) -> None:
    """One line, no traceback."""

    def fail() -> None:
        raise error

    with pytest.raises(StandInError) as told:
        calling(fail)
    assert str(told.value) == text


def test_a_certificate_that_is_not_trusted_is_told_with_its_mend() -> None:
    """The sandbox has a certificate of its own."""

    def fail() -> None:
        raise SSLError(endpoint_url="https://127.0.0.1:1/", error=OSError("self-signed certificate"))

    with pytest.raises(
        StandInError, match=r"self-signed certificate; ca_bundle in the profile, or AWS_CA_BUNDLE"
    ):
        calling(fail)
