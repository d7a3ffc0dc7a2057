"""What follows the how-to pages notices where a page and the commands differ."""

from pathlib import Path

import pytest

from tests.support.pages import ChangedFile, Command, PageError, WholeFile, read_page, shows


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ((), ()),
        (("a", "b"), ("a", "b")),
        (("…",), ()),
        (("…",), ("a", "b")),
        (("a", "…"), ("a", "b", "c")),
        (("…", "c"), ("a", "b", "c")),
        (("…", "b", "…", "d", "…"), ("a", "b", "c", "d", "e")),
        (("…", "a", "b"), ("a", "b", "a", "b")),
        (("arn:…:role/x",), ("arn:aws:iam::1:role/x",)),
        (("a.c",), ("a.c",)),
    ],
)
def test_what_is_left_out_may_be_anything(shown: tuple[str, ...], printed: tuple[str, ...]) -> None:
    """`…` stands for lines, or for text in a line; all else is as it is shown."""
    assert shows(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ((), ("a",)),
        (("a",), ()),
        (("a",), ("a", "b")),
        (("b",), ("a", "b")),
        (("a.c",), ("abc",)),
        (("a", "…"), ("b", "a")),
        (("…", "a"), ("a", "b")),
        (("…", "b", "…", "a", "…"), ("a", "b")),
        (("a", "…", "a"), ("a",)),
        (("x…y",), ("xz",)),
    ],
)
def test_what_is_shown_has_to_be_printed(shown: tuple[str, ...], printed: tuple[str, ...]) -> None:
    """A missing, additional or misplaced line is a difference."""
    assert not shows(shown, printed)


PAGE = """
Text.

```yaml
# Pulumi.lake.yaml: account A
config:
  a: b
```

```console
$ pulumi up \\
    -s lake
…
done
$ true
```

```diff
# Pulumi.lake.yaml
 config:
-  a: b
+  a: c
```

```sh
aws sso login
```

```console refused
$ false
```
"""


def test_a_page_is_read_in_its_order() -> None:
    """Files, changes, commands with their output; what is for real accounts only is left out."""
    assert read_page(PAGE) == (
        WholeFile(name="Pulumi.lake.yaml", text="# Pulumi.lake.yaml: account A\nconfig:\n  a: b\n"),
        Command(text="pulumi up -s lake", shown=("…", "done"), refused=False),
        Command(text="true", shown=(), refused=False),
        ChangedFile(name="Pulumi.lake.yaml", old="config:\n  a: b\n", new="config:\n  a: c\n"),
        Command(text="false", shown=(), refused=True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\nconfig:\n```\n",
        "```yaml\n# ../Pulumi.lake.yaml\n```\n",
        "```bash\nls\n```\n",
        "```console again\n$ ls\n```\n",
        "```console\nls\n```\n",
        "```console\n$ ls\n",
        "1. Do\n   ```console\n   $ ls\n   ```\n",
    ],
)
def test_a_block_that_nobody_could_follow_is_a_fault(text: str) -> None:
    """Else a page could say what no test ever tries."""
    with pytest.raises(PageError):
        read_page(text)


def test_a_file_is_changed_where_the_old_lines_are(tmp_path: Path) -> None:
    """The first block writes the file, the second changes it."""
    whole, *_, change, _ = read_page(PAGE)
    assert isinstance(whole, WholeFile)
    assert isinstance(change, ChangedFile)
    whole.write(tmp_path)
    change.write(tmp_path)
    assert (tmp_path / "Pulumi.lake.yaml").read_text() == "# Pulumi.lake.yaml: account A\nconfig:\n  a: c\n"
    with pytest.raises(PageError, match="0 times"):
        change.write(tmp_path)


@pytest.mark.parametrize(
    ("refused", "status", "printed"), [(False, 1, "done\n"), (True, 0, "done\n"), (False, 0, "gone\n")]
)
def test_a_command_that_ends_otherwise_is_a_fault(*, refused: bool, status: int, printed: str) -> None:
    """Its exit status counts, and what it prints."""
    with pytest.raises(PageError):
        Command(text="do", shown=("done",), refused=refused).check(status, printed)


def test_a_line_that_was_written_over_does_not_count() -> None:
    """As on a terminal: the AWS CLI shows its progress that way."""
    Command(text="do", shown=("done",), refused=False).check(0, "50 %\r100 %\rdone\n\n")
