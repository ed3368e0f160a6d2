"""What publishers' commands read: root files, certificates, and hands that sign."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docexchange.cli._letters import read_small
from docexchange.cli._options import secret
from docexchange.cli._signing import certificates_in
from docexchange.directory.snapshots import MAX_BYTES, Hand, PublicKey, read_root
from docexchange.errors import UnusableKey

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from docexchange.directory.snapshots import Root, Signed

__all__ = ["expiry", "hand_of", "key_of", "root_in"]


def root_in(name: str) -> Signed[Root]:
    """Read a root file; whether it may be believed is another question.

    Raises:
        InputNotFound: it cannot be read.
        SnapshotRefused: it is none.
    """
    return read_root(read_small(name, MAX_BYTES), name)


def key_of(name: str) -> PublicKey:
    """The public key of the first certificate in a file.

    Raises:
        InputNotFound: it cannot be read.
        UnreadableInput: it is empty.
        UnusableKey: it holds no certificate, or one of a key that may not sign.
    """
    from docexchange.signing.certificates import signatory
    from docexchange.signing.keys import check_signer
    from docexchange.signing.octets import public_octets

    certificate = certificates_in(name)[0]
    check_signer(certificate.public_key())
    return PublicKey(holder=signatory(certificate).name, octets=public_octets(certificate))


def hand_of(uri: str, password_file: Path | None) -> Hand:
    """Somebody who signs with a key.

    Raises:
        InputNotFound: it cannot be read.
        UnusableKey: it cannot be used.
    """
    from docexchange.signing import SigningKey
    from docexchange.signing.octets import public_octets, sign_octets

    try:
        key = SigningKey.from_uri(uri, password=secret(password_file))
    except UnusableKey as error:
        if password_file is None and error.code == "key.not-opened":
            error.advice = "If it has a password, give it with --password-file."
        raise
    public = PublicKey(holder="", octets=public_octets(key.certificate))
    return Hand(key=public.id, sign=lambda data: sign_octets(key, data))


def expiry(now: datetime, days: int) -> datetime:
    """So many days from now."""
    return now + timedelta(days=days)
