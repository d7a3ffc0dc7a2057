"""How AWS Organizations names organizations and places in them.

AWS Organizations API Reference, "Organization", "Root", "OrganizationalUnit".
"""

import re

_ID = "o-[a-z0-9]{10,32}"
_ROOT = "r-[0-9a-z]{4,32}"
_UNIT = "ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
_DEEPEST = 5

ORGANIZATION = re.compile(_ID, re.ASCII)
"""An organization's id."""
UNIT = re.compile(f"{_ID}/{_ROOT}(/{_UNIT}){{1,{_DEEPEST}}}", re.ASCII)
"""An organizational unit, by its path from the organization down."""
PLACE = re.compile(f"{_ID}(/{_ROOT}(/{_UNIT}){{0,{_DEEPEST}}})?/?", re.ASCII)
"""Where an account is: as much of that path as is known, with or without a slash at its end."""
