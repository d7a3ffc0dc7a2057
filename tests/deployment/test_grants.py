"""What a handover says of a grant, as far as somebody has to say it to use the grant."""

from crossaccess.deployment.grants import handovers

SAID = {
    "account": "111111222222",
    "bucket": {"name": "lake"},
    "grants": [
        {
            "name": "loader",
            "conditions": {
                "externalId": "x-1",
                "sourceIdentity": ["bob", 7],
                "sessionTags": {"team": ["data", "apps"]},
            },
        },
        {"name": "plain", "conditions": ["no mapping"]},
    ],
}


def test_what_has_to_be_said_to_assume_a_role_is_read() -> None:
    """The ExternalId, the source identities and the tags; what is no text is passed over."""
    ((loader, plain),) = [one.grants for one in handovers({"handover": SAID})]
    assert (loader.external_id, loader.source_identity) == ("x-1", ("bob",))
    assert loader.session_tags == (("team", ("data", "apps")),)
    assert (plain.external_id, plain.source_identity, plain.session_tags) == (None, (), ())
