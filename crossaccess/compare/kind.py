"""The kinds of values that condition keys have."""

from enum import Enum
from typing import Final


class Kind(Enum):
    """How a key's values are compared. ARNs are texts."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "date and time"
    ADDRESS = "IP address"
    TRUTH = "true or false"
    BINARY = "bytes, as base64"


TYPES: Final = {
    "ARN": Kind.TEXT,
    "Binary": Kind.BINARY,
    "Bool": Kind.TRUTH,
    "Date": Kind.MOMENT,
    "IPAddress": Kind.ADDRESS,
    "Numeric": Kind.NUMBER,
    "String": Kind.TEXT,
}
"""The kinds by AWS's names for them, as the Service Authorization Reference writes them."""
LIST_OF: Final = "ArrayOf"
"""What AWS puts in front of the type of a key that may have several values in one request."""
