"""The process of the two accounts: `cloud.start_cloud` starts it, talks to it and ends it.

It reads one line of JSON (what to start), writes one (where it is, or why it is not), and serves until its
input ends: so it never outlives the one who started it.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from sandbox.accounts import open_accounts


def main() -> int:
    """Serve the accounts; return the exit status."""
    order = json.loads(sys.stdin.readline())
    try:
        with open_accounts(
            Path(order["folder"]),
            tls_port=order["tls_port"],
            http_port=order["http_port"],
            endpoint_port=order["endpoint_port"],
            elsewhere=order["elsewhere"],
            organization_paths=order["organization_paths"],
        ) as opened:
            cloud = asdict(opened.cloud)
            _say(cloud)
            sys.stdin.read()
    except (OSError, ValueError) as error:
        _say({"error": str(error)})
        return 1
    return 0


def _say(data: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(data, default=str)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
