"""Requests that nobody should send: they are refused, and the gate goes on."""

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.gate import House, code_of, environ, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module, and a bucket with an object."""
    with open_house(tmp_path_factory.mktemp("robustness")) as opened:
        yield opened


@pytest.fixture(scope="module")
def bucket(house: House) -> str:
    """A bucket of the owner's."""
    return house.bucket()


def answer(house: House, request: dict[str, Any]) -> int:
    """Give a request to the gate; check that the gate itself did not fail over it."""
    response = house.opened.gate.answer(request)
    error = house.log()[-1]["error"]
    assert error is None or not error.startswith("the gate failed"), error
    return response.status


AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential={key}/20261123/eu-central-1/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0"
)
NAMES = st.sampled_from(
    [
        "authorization",
        "content-type",
        "expect",
        "host",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-date",
        "x-amz-decoded-content-length",
        "x-amz-security-token",
        "x-amz-tagging",
        "x-amz-target",
        "x-moto-account-id",
    ]
)
VALUES = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
    st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "UNSIGNED-PAYLOAD",
            "TrentService.Decrypt",
            "20261123T000000Z",
            "127.0.0.1",
            "a.localhost",
            AUTHORIZATION,
        ]
    ),
)
TARGETS = st.builds(
    "/{}{}".format,
    st.text(st.sampled_from("ab/.%?&=+*~0Cé"), max_size=20),
    st.sampled_from(
        [
            "",
            "?acl",
            "?policy&acl",
            "?delete",
            "?uploads",
            "?X-Amz-Signature=1",
            "?X-Amz-Expires=99999999999",
            "?%ff",
        ]
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "BREW"]),
    target=TARGETS,
    headers=st.dictionaries(NAMES, VALUES, max_size=6),
    body=st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [b"Action=AssumeRole", b"Action=x&Action=y", b"{}", b"<Delete/>", b"0\r\n\r\n", b"5\r\n"]
        ),
    ),
)
def test_whatever_is_sent_unsigned_is_refused(
    house: House, method: str, target: str, headers: dict[str, str], body: bytes
) -> None:
    """No request without a good signature gets anything, and none makes the gate fail."""
    assert 400 <= answer(house, environ(method, target, headers, body)) < 600


def test_the_emulators_own_doors_are_not_there(house: House, bucket: str) -> None:
    """Moto can be reset and looked into over HTTP: not through the gate."""
    for target in ("/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/", "/favicon.ico"):
        for method in ("GET", "POST"):
            assert 400 <= answer(house, environ(method, target)) <= 501
    assert code_of(house.s3("account-a").head_bucket, Bucket=bucket) == "ok"


def test_nobody_chooses_the_account_that_the_emulator_acts_in(house: House) -> None:
    """Moto believes a header that names an account: the caller's is not handed on."""
    client = house.iam("bob")
    client.meta.events.register(
        "before-call.iam", lambda params, **_: params["headers"].update({"x-moto-account-id": house.owner})
    )
    house.allow("bob", {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}, name="iam")
    assert [user["UserName"] for user in client.list_users()["Users"]] == ["admin", "bob", "carol"]
    house.iam("account-b").delete_user_policy(UserName="bob", PolicyName="iam")


def talk(house: House, data: bytes, *, plain: bool = True) -> bytes:
    """Send bytes to a server and return all that it answers."""
    url = house.opened.cloud.http_url if plain else house.opened.cloud.tls_url
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        if plain:
            raw.sendall(data)
            raw.shutdown(socket.SHUT_WR)
            return raw.recv(65536)
        context = ssl.create_default_context(cafile=str(house.opened.cloud.ca_bundle))
        with context.wrap_socket(raw, server_hostname="localhost") as wrapped:
            wrapped.sendall(data)
            return wrapped.recv(65536)


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"PUT /b/k HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /b/k HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_bytes_that_are_no_request_end_nothing(house: House, bucket: str, data: bytes) -> None:
    """The server answers with an error or hangs up; the next request is served."""
    got = talk(house, data)
    assert got == b"" or b" 4" in got.partition(b"\r\n")[0] or b" 5" in got.partition(b"\r\n")[0]
    assert code_of(house.s3("account-a").head_bucket, Bucket=bucket) == "ok"


def test_plain_http_on_the_tls_port_ends_nothing(house: House, bucket: str) -> None:
    """A common mistake."""
    port = int(house.opened.cloud.tls_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        with suppress(ConnectionResetError):  # it may hang up without a word
            raw.recv(4096)
    assert code_of(house.s3("account-a").head_bucket, Bucket=bucket) == "ok"


@pytest.mark.parametrize("plain", [True, False])
def test_a_client_may_wait_for_leave_to_send_its_body(house: House, plain: bool) -> None:
    """RFC 9110, section 10.1.1: Expect: 100-continue."""
    head = (
        b"PUT /b/k HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\n\r\n"
    )
    assert talk(house, head, plain=plain).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")


def test_many_clients_are_served_at_once(house: House, bucket: str) -> None:
    """As `aws s3 sync` does: many connections, kept open."""

    def work(number: int) -> str:
        client = house.s3("account-a", plain=number % 2 == 0)
        for turn in range(5):
            key = f"many/{number}/{turn}"
            client.put_object(Bucket=bucket, Key=key, Body=key.encode())
            if client.get_object(Bucket=bucket, Key=key)["Body"].read() != key.encode():
                return "mixed up"
        return "ok"

    with ThreadPoolExecutor(24) as pool:
        assert set(pool.map(work, range(24))) == {"ok"}
