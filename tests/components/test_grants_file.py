"""Grants out of a file of their own."""

import json
from pathlib import Path

import pytest

from components.errors import InputError
from components.settings import OwnerSettings, parse_settings

GRANT = """
- name: reports
  account: "012345678901"
  principals: [user/bob]
  method: bucket-policy
  access: [read]
  prefixes: [reports/]
  conditions: {expires: 2999-01-31}
"""


def read(folder: Path, text: str, name: str = "grants.yaml") -> OwnerSettings:
    """Read an owner's settings whose grants stand in a file."""
    (folder / "grants.yaml").write_text(text, encoding="utf-8")
    settings = parse_settings({"side": "owner", "bucketName": "shared", "grantsFile": name}, folder=folder)
    assert isinstance(settings, OwnerSettings)
    return settings


def refusal(folder: Path, text: str, name: str = "grants.yaml") -> str:
    """Why a file is refused."""
    with pytest.raises(InputError) as caught:
        read(folder, text, name)
    return str(caught.value)


def test_grants_stand_in_a_file_as_they_would_in_config(tmp_path: Path) -> None:
    """YAML keeps days as they are written, quoted or not."""
    (grant,) = read(tmp_path, GRANT).grants
    assert (grant.name, grant.account, grant.prefixes) == ("reports", "012345678901", ("reports/",))
    assert str(grant.conditions.expires) == "2999-01-31 00:00:00+00:00"


def test_json_is_read_as_well(tmp_path: Path) -> None:
    """JSON is YAML."""
    grants = [
        {
            "name": f"grant-{number}",
            "account": "112233445566",
            "principals": ["user/bob"],
            "method": "assume-role",
            "access": ["read"],
        }
        for number in range(1_000)
    ]
    assert len(read(tmp_path, json.dumps(grants)).grants) == 1_000


def test_grants_may_have_something_in_common(tmp_path: Path) -> None:
    """YAML's own way of writing a thing once: an anchor, merged into each grant."""
    common = 'account: "112233445566", principals: [user/bob], method: bucket-policy, access: [read]'
    text = (
        f"- &common {{name: one, {common}, prefixes: [a/]}}\n- {{<<: *common, name: two, prefixes: [b/]}}\n"
    )
    one, two = read(tmp_path, text).grants
    assert (one.principals, one.prefixes) == (two.principals, ("a/",))
    assert (two.name, two.prefixes) == ("two", ("b/",))


def test_an_empty_file_holds_no_grants_yet(tmp_path: Path) -> None:
    """Like an empty list."""
    assert read(tmp_path, "# nobody yet\n").grants == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GRANT.replace('"012345678901"', "12345678901"), "grants.yaml[0].account is 12345678901 (a number)"),
        (GRANT.replace("[read]", "[reed]"), "grants.yaml[0].access[0] is 'reed': did you mean 'read'?"),
        ("name: reports", "grants.yaml is a mapping: write a list of grants"),
        ("[", "crossaccess:grantsFile is 'grants.yaml': it is no YAML"),
        ("- {name: a, name: b}", "the key 'name' stands twice"),
        ("- !!python/object/apply:os.system [ls]", "it is no YAML"),
        ("- name: &a [*a]", "it is no YAML"),
    ],
    ids=["a number", "a word", "a mapping", "no YAML", "twice", "code", "a loop"],
)
def test_what_is_wrong_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """The file's name stands where a key of config would."""
    assert told in refusal(tmp_path, text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Not there, a folder, no path at all, not UTF-8, far too large."""
    assert "there is no such file in" in refusal(tmp_path, GRANT, "other.yaml")
    assert "it cannot be read" in refusal(tmp_path, GRANT, ".")
    assert r"grantsFile is 'a\x00b': name a file" in refusal(tmp_path, GRANT, "a\0b")
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\xff")
    assert "it cannot be read" in refusal(tmp_path, GRANT, "latin.yaml")
    (tmp_path / "large.yaml").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    assert "over 4 MiB" in refusal(tmp_path, GRANT, "large.yaml")


def test_grants_stand_in_one_place_only(tmp_path: Path) -> None:
    """Either in config or in the file."""
    values = {"side": "owner", "bucketName": "shared", "grantsFile": "grants.yaml", "grants": "[]"}
    with pytest.raises(InputError, match="grantsFile stands beside grants"):
        parse_settings(values, folder=tmp_path)
