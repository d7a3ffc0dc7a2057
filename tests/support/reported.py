"""What pages are made of: saved stacks, and texts that would do harm in every place where text can stand."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

from crossaccess.commands.gathering import of_one
from crossaccess.compare.change import Standing, Subject, Unclear
from crossaccess.deployment.picture import Bucket, Grant, Group, Key, Picture, Policy, Principal
from crossaccess.explain.result import Known
from crossaccess.findings.catalogue import PUBLIC, TLS_NOT_REQUIRED
from crossaccess.findings.checking import check
from crossaccess.findings.finding import Finding
from crossaccess.policy.principal import PrincipalKind
from crossaccess.report.page.page import render
from crossaccess.who.finding import who
from crossaccess.who.matrix import Entry, Matrix, Method, Place

OWNER, REQUESTER = "111111222222", "112233445566"
NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


def page_of(*paths: Path, before: bool = False) -> str:
    """The page of saved stacks."""
    gathered = of_one(paths)
    picture = gathered.old if before else gathered.new
    matrix = who(picture, titles=gathered.titles, notes=gathered.notes)
    return render(picture, matrix, check(picture, now=NOW), now=NOW)


def page_with(texts: Sequence[str]) -> str:
    """A page that holds each of the texts in every place where foreign text can stand."""
    return render(_picture(texts), _matrix(texts), tuple(_finding(text) for text in texts), now=NOW)


def _document(text: str) -> str:
    statement = {
        "Sid": text,
        "Effect": "Allow",
        "Principal": {"AWS": [text, "*"], "Service": text},
        "Action": ["s3:GetObject", text],
        "Resource": [text, "arn:aws:s3:::b/*"],
        "Condition": {"StringLike": {text: [text, "x"]}},
    }
    return json.dumps(
        {"Version": "2012-10-17", "Id": text, "Statement": [statement, {**statement, "Effect": "Deny"}]}
    )


def _policy(text: str) -> Policy:
    return Policy(name=text, text=_document(text), source=text, arn=text)


def _picture(texts: Sequence[str]) -> Picture:
    return Picture(
        buckets=tuple(
            Bucket(
                name=text,
                account=OWNER,
                region=text,
                key=text,
                policy=_policy(text),
                source=f"urn:pulumi:{text}::x",
            )
            for text in texts
        ),
        keys=tuple(
            Key(name=text, alias=text, account=text, policy=_policy(text), source=text) for text in texts
        ),
        principals=tuple(
            Principal(
                kind=PrincipalKind.USER,
                name=text,
                account=REQUESTER,
                policies=(Policy(name=f"inline policy {text}", unknown=text, source=text),),
                source=f"urn:pulumi:{text}::x",
            )
            for text in texts
        ),
        groups=tuple(
            Group(name=text, account=text, policies=(_policy(text),), source=text) for text in texts
        ),
        grants=tuple(_grant(text) for text in texts),
        stacks=tuple(texts),
    )


def _grant(text: str) -> Grant:
    return Grant(
        name=text,
        bucket=text,
        owner=OWNER,
        account=text,
        principals=(text, f"user/{text}"),
        method=text,
        actions=(text, "s3:GetObject"),
        prefixes=(text,),
        role_arn=text,
        sid=text,
    )


def _matrix(texts: Sequence[str]) -> Matrix:
    return Matrix(
        entries=tuple(
            _entry(text, actions, method)
            for text in texts
            for actions in (("s3:GetObject", text), (text,))
            for method in (*Method, None)
        ),
        known=tuple(
            Known(whose=text, account=text, read=(text,), unread=((text, text),), whole=False)
            for text in texts
        ),
        unclear=tuple(Unclear(name=text, reason=text) for text in texts),
        grants=tuple(_grant(text) for text in texts),
        idle=tuple(_grant(text) for text in texts[::2]),
        notes=tuple(texts),
        titles=tuple(texts),
        actions_as_of="2026-10-27",
    )


def _entry(text: str, actions: Sequence[str], method: Method | None) -> Entry:
    return Entry(
        subject=Subject(name=f"user/{text}", account=REQUESTER),
        place=Place(label=f"bucket {text}", arn=text, account=OWNER),
        actions=actions,
        access=("read",),
        resources=(text, f"{text}/*"),
        spared=(text,),
        listing=(text,),
        conditions=(text, "over TLS"),
        standing=Standing.DELEGATED,
        method=method,
        role=text if method is Method.ASSUME_ROLE else None,
        takers=(text,),
        reason=text,
        grants=(text,),
        statements=(text, f"{text}, statement 1 ({text})"),
    )


def _finding(text: str) -> Finding:
    return Finding(
        rule=PUBLIC if len(text) % 2 else TLS_NOT_REQUIRED,
        about=text,
        message=text,
        account=text,
        policy=text,
        statement=text,
        source=text,
        certain=False,
    )
