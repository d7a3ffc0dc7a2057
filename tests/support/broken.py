"""Two accounts that share a bucket, as a folder of policies, whole or with something broken."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OWNER, REQUESTER = "111111222222", "112233445566"
KEY = f"arn:aws:kms:eu-central-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_BOB = f"arn:aws:iam::{REQUESTER}:user/bob"
_ROLE = f"arn:aws:iam::{OWNER}:role/exchange"
_ROOT = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}

Json = Any  # Any: JSON
Change = Mapping[str, Json]


def _allow(sid: str, action: object, resource: object, **more: object) -> dict[str, object]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **more}


PLACES = {
    "bucket": f"{OWNER}/bucket/lake.json",
    "key": f"{OWNER}/key/1234abcd-12ab-34cd-56ef-1234567890ab.json",
    "trust": f"{OWNER}/role/exchange/trust.json",
    "role": f"{OWNER}/role/exchange/access.json",
    "user": f"{REQUESTER}/user/bob/access.json",
    "boundary": f"{REQUESTER}/user/bob/boundary.json",
    "carol": f"{REQUESTER}/user/carol/access.json",
    "scp full": f"{REQUESTER}/scp/root/FullAWSAccess.json",
    "scp": f"{REQUESTER}/scp/root/limits.json",
    "scp of the account": f"{REQUESTER}/scp/account/limits.json",
    "owner's scp": f"{OWNER}/scp/root/limits.json",
    "rcp": f"{OWNER}/rcp/root/limits.json",
}
"""Where each document stands in the folder."""
WHOLE: Mapping[str, list[dict[str, object]]] = {
    "bucket": [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        _allow(
            "BobReads",
            ["s3:GetObject", "s3:PutObject"],
            "arn:aws:s3:::lake/reports/2026/*",
            Principal=_ROOT,
            Condition={"ArnEquals": {"aws:PrincipalArn": _BOB}},
        ),
    ],
    "key": [
        _allow("Admin", "kms:*", "*", Principal={"AWS": f"arn:aws:iam::{OWNER}:root"}),
        _allow(
            "BobDecrypts",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            "*",
            Principal=_ROOT,
            Condition={"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
        ),
    ],
    "trust": [
        {
            "Sid": "Carol",
            "Effect": "Allow",
            "Principal": _ROOT,
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "contract-7"}},
        }
    ],
    "role": [
        _allow("Read", "s3:GetObject", "arn:aws:s3:::lake/exchange/2026/*"),
        _allow("UseKey", "kms:Decrypt", KEY),
    ],
    "user": [
        _allow("ReadReports", ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::lake/reports/2026/*"),
        _allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], KEY),
    ],
    "carol": [_allow("Assume", "sts:AssumeRole", _ROLE)],
}
"""The statements of the documents, when nothing is broken."""


def write(folder: Path, changes: Change) -> Path:
    """Write the folder, with changes by document.

    A change is `None` for a document that is not there, a list for one that is made, else `drop` (statements
    by id), `set` (elements by id; `None` takes one away) and `add`.
    """
    documents: dict[str, Json] = copy.deepcopy({**WHOLE})
    for name, change in changes.items():
        documents[name] = (
            change if change is None or isinstance(change, list) else _changed(documents[name], change)
        )
    for name, statements in documents.items():
        if statements is not None:
            path = folder / PLACES[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), encoding="utf-8")
    return folder


def _changed(statements: Json, change: Change) -> Json:
    kept = [one for one in statements if one["Sid"] not in change.get("drop", ())]
    assert len(kept) == len(statements) - len(change.get("drop", ()))
    for sid, elements in change.get("set", {}).items():
        (one,) = (one for one in kept if one["Sid"] == sid)
        for element, value in elements.items():
            if value is None:
                del one[element]
            else:
                one[element] = value
    return [*kept, *change.get("add", ())]
