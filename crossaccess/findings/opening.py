"""Whether buckets are open: to everyone, and to requests without TLS."""

from collections.abc import Iterator, Sequence

from crossaccess.decide.pattern import glob_of, resource_pattern_of
from crossaccess.decide.statement import CompiledStatement
from crossaccess.deployment.picture import Bucket, Picture, PublicAccessBlock
from crossaccess.explain.wording import refuses_plain_http
from crossaccess.findings.catalogue import (
    PUBLIC,
    PUBLIC_ACCESS_NOT_BLOCKED,
    PUBLIC_ACCESS_NOT_TOLD,
    PUBLIC_HELD_BACK,
    TLS_NOT_REQUIRED,
    TLS_OF_OTHERS_ONLY,
)
from crossaccess.findings.finding import Finding, Rule
from crossaccess.findings.places import Place, PlaceKind, bucket_label
from crossaccess.policy.document import EVERYONE, PrincipalName
from crossaccess.policy.public import is_public_statement

_ALL = (EVERYONE, PrincipalName(type="AWS", value="*"))


def how_buckets_are_open(picture: Picture, places: Sequence[Place]) -> Iterator[Finding]:
    """Look at the buckets that a source holds: their policies together with Block Public Access."""
    policies = {one.arn: one for one in places if one.kind is PlaceKind.BUCKET}
    for bucket in picture.buckets:
        if not bucket.held:
            continue
        place = policies.get(bucket.arn)
        if place is not None:
            yield from _public(bucket, place)
        if place is None or place.document is not None:
            yield from _plain(bucket, place)
        yield from _block(bucket)


def _public(bucket: Bucket, place: Place) -> Iterator[Finding]:
    """S3's judgement of each statement, and what `RestrictPublicBuckets` leaves of it."""
    block = bucket.public_access_block
    held_back = None if block is None else block.restrict_public_buckets
    for statement in place.allowing:
        if not is_public_statement(statement.source):
            continue
        if held_back:
            message = "it is public; RestrictPublicBuckets leaves it to the bucket's own account"
            yield place.finding(PUBLIC_HELD_BACK, message, statement)
        elif held_back is None:
            message = "it is public, unless Block Public Access holds it back, of which no source here tells"
            yield place.finding(PUBLIC, message, statement, certain=False)
        else:
            yield place.finding(PUBLIC, "it is public, and RestrictPublicBuckets is off", statement)


def _plain(bucket: Bucket, place: Place | None) -> Iterator[Finding]:
    """Whether requests without TLS are refused: to everyone, or by what the policy allows at least."""
    if place is not None and _refuses_plain_http(bucket, place.denying):
        return
    if place is None:
        yield _of(bucket, TLS_NOT_REQUIRED, "it has no policy, so that nothing asks for TLS")
        return
    open_ones = [one for one in place.allowing if not _asks_for_tls(one)]
    if not open_ones:
        message = "each statement that allows something asks for TLS, and none refuses requests without it"
        yield place.finding(TLS_OF_OTHERS_ONLY, message)
        return
    message = "no statement refuses all requests without TLS, and this one asks for none"
    yield place.finding(TLS_NOT_REQUIRED, message, open_ones[0])


def _refuses_plain_http(bucket: Bucket, denying: Sequence[CompiledStatement]) -> bool:
    """Whether everyone is denied everything without TLS, on the bucket and on all of its objects."""
    refusing = [one for one in denying if refuses_plain_http(one) and _is_about_all(one)]
    named = [name for one in refusing for name in one.source.resources or ()]
    patterns = [(name, resource_pattern_of(name)) for name in named]
    on_bucket = any(pattern.matches(bucket.arn) for _, pattern in patterns)
    # A star at the end runs on: what matches up to the slash matches whatever comes behind it.
    on_objects = any(name.endswith("*") and pattern.matches(f"{bucket.arn}/") for name, pattern in patterns)
    return on_bucket and on_objects


def _is_about_all(statement: CompiledStatement) -> bool:
    source = statement.source
    everyone = any(one in _ALL for one in source.principals or ())
    return everyone and any(glob_of(one.lower()).matches("s3:") for one in source.actions or ())


def _asks_for_tls(statement: CompiledStatement) -> bool:
    return any(
        one.key == "aws:securetransport"
        and one.source.operator in ("Bool", "BoolIfExists")
        and [value.lower() for value in one.source.values] == ["true"]
        for one in statement.conditions
    )


def _block(bucket: Bucket) -> Iterator[Finding]:
    block = bucket.public_access_block
    if block is None:
        yield _of(bucket, PUBLIC_ACCESS_NOT_TOLD, "no source here holds its Block Public Access")
        return
    settings = _settings(block)
    off = [name for name, value in settings.items() if value is False]
    unknown = [name for name, value in settings.items() if value is None]
    if off:
        yield _of(bucket, PUBLIC_ACCESS_NOT_BLOCKED, f"{', '.join(off)}: off")
    if unknown:
        yield _of(bucket, PUBLIC_ACCESS_NOT_TOLD, f"{', '.join(unknown)}: not known")


def _settings(block: PublicAccessBlock) -> dict[str, bool | None]:
    return {
        "BlockPublicAcls": block.block_public_acls,
        "IgnorePublicAcls": block.ignore_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }


def _of(bucket: Bucket, rule: Rule, message: str) -> Finding:
    certain = rule is not PUBLIC_ACCESS_NOT_TOLD
    return Finding(
        rule=rule,
        about=bucket_label(bucket),
        message=message,
        account=bucket.account,
        source=bucket.source,
        certain=certain,
    )
