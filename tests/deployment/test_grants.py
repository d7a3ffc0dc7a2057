"""What a handover says of a grant, as far as somebody has to say it to use the grant."""

from crossaccess.deployment.grants import handovers
from crossaccess.policy.conditions import Conditions

SAID = {
    "account": "111111222222",
    "bucket": {"name": "lake"},
    "grants": [
        {
            "name": "loader",
            "conditions": {
                "externalId": "x-1",
                "sourceIdentity": ["bob"],
                "sessionTags": {"team": ["data", "apps"]},
            },
        },
        {"name": "plain"},
        {"name": "odd", "conditions": {"sessionTags": {"team": []}}},
    ],
}


def test_what_has_to_be_said_to_assume_a_role_is_read() -> None:
    """The ExternalId, the source identities and the tags; conditions that cannot be right are none."""
    ((loader, plain, odd),) = [one.grants for one in handovers({"handover": SAID})]
    assert (loader.asks.external_id, loader.asks.source_identity) == ("x-1", ("bob",))
    assert loader.asks.session_tags == (("team", ("apps", "data")),)
    assert not plain.asks
    assert (plain.conditions, odd.conditions) == (Conditions(), None)
