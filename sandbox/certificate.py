"""A certificate for the sandbox's TLS, made anew at every start and trusted by nothing but the sandbox."""

from dataclasses import dataclass
from pathlib import Path

import trustme

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Files of PEM: the authority that clients are to trust, the server's chain and its key."""

    ca_bundle: Path
    chain: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Make an authority and a certificate for this machine's loopback names, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Certificate(ca_bundle=folder / "ca.pem", chain=folder / "server.pem", key=folder / "server.key")
    authority = trustme.CA(organization_name="crossaccess sandbox")
    issued = authority.issue_cert("127.0.0.1", "localhost", "*.localhost")
    authority.cert_pem.write_to_path(str(files.ca_bundle))
    files.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    files.key.touch(_PRIVATE)
    files.key.chmod(_PRIVATE)
    issued.private_key_pem.write_to_path(str(files.key))
    return files
