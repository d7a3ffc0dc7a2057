"""Grants out of a file of their own, for stacks that have many.

The engine hands a stack's config over in one environment variable, and Linux takes none over 128 KiB: some
hundreds of grants fill it. A file is also easier to review and to give owners (CODEOWNERS) of its own.
"""

from collections.abc import Hashable
from pathlib import Path

import yaml

from crossaccess.policy.faults import Faults, shown

_LARGEST = 4 * 1024 * 1024
_MAPPING = "tag:yaml.org,2002:map"


class _Loader(yaml.SafeLoader):
    """YAML without its traps: a day stays the text that it is, and no key may stand twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class's own form
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, object]:
    names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and names.count(key.value) > 1:
            problem = f"the key {key.value!r} stands twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(_MAPPING, _mapping)


def read_grants_file(raw: object, key: str, faults: Faults, *, folder: Path) -> object:
    """Read a YAML or JSON file that holds a list of grants, as a stack's config would hold it.

    `raw` is the file's path, relative to `folder`, the program's. Answers `None`, and notes a fault at `key`,
    where there is no such file or it cannot be read; what it holds is for the reader of grants to check.
    """
    # No path of any system holds a NUL, and Python's answer to one is no `OSError`.
    if not isinstance(raw, str) or not raw or "\0" in raw:
        faults.add(key, shown(raw), "name a file beside the program, such as grants.yaml")
        return None
    path = folder / raw
    try:
        if path.stat().st_size > _LARGEST:
            faults.add(key, f"is {raw!r}, a file of over 4 MiB", "split the grants over several stacks")
            return None
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        mend = f"there is no such file in {str(folder.resolve())!r}: the path is relative to that folder"
        faults.add(key, shown(raw), mend)
        return None
    except (OSError, UnicodeDecodeError) as error:
        faults.add(key, shown(raw), f"it cannot be read: {error}")
        return None
    try:
        found: object = yaml.load(text, Loader=_Loader)  # noqa: S506 - built on the safe loader
    except (yaml.YAMLError, RecursionError) as error:
        faults.add(key, shown(raw), f"it is no YAML: {' '.join(str(error).split())[:300]}")
        return None
    return [] if found is None else found
