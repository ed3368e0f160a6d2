"""One message through ``pyas2lib``: signed, encrypted, read, answered by a signed MDN, that read.

Run by ``cycles.py``. Arguments: folders of sender and receiver, rounds.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)

_PASSWORD = "demo"
_search = re.search
# oscrypto 1.3, beneath pyas2lib, does not understand a version of OpenSSL with two digits (3.0.17).
re.search = lambda pattern, text, flags=0: _search(
    pattern.replace(r"\d\.\d\.\d", r"\d+\.\d+\.\d+") if isinstance(pattern, str) else pattern,
    text,
    flags,
)
from pyas2lib.as2 import Mdn, Message, Organization, Partner  # noqa: E402

re.search = _search
PAYLOAD = b"0123456789abcdef" * 640


def main() -> None:
    folders = [Path(folder) for folder in sys.argv[1:3]]
    rounds = int(sys.argv[3])
    ours, theirs = (_organization(folder) for folder in folders)
    to_them, to_us = _partner(theirs.as2_name, folders[1]), _partner(ours.as2_name, folders[0])

    def cycle() -> None:
        sent = Message(ours, to_them)
        sent.build(PAYLOAD, filename="letter.xml", subject="letter")
        came = Message()
        status, detail, mdn = came.parse(
            sent.headers_str + b"\r\n" + sent.content,
            find_org_cb=lambda _: theirs,
            find_partner_cb=lambda _: to_us,
        )
        assert status == "processed", detail
        answer = Mdn()
        status, detail = answer.parse(
            mdn.headers_str + b"\r\n" + mdn.content, find_message_cb=lambda _id, _to: sent
        )
        assert status == "processed", detail

    cycle()
    begin = time.process_time()
    for _ in range(rounds):
        cycle()
    json.dump((time.process_time() - begin) / rounds, sys.stdout)


def _organization(folder: Path) -> Organization:
    key = load_pem_private_key((folder / "agency.key.pem").read_bytes(), None)
    certificate, *chain = x509.load_pem_x509_certificates((folder / "agency.pem").read_bytes())
    protection = BestAvailableEncryption(_PASSWORD.encode())
    data = pkcs12.serialize_key_and_certificates(b"as2", key, certificate, chain, protection)
    named = {"sign_key": data, "sign_key_pass": _PASSWORD}
    named |= {"decrypt_key": data, "decrypt_key_pass": _PASSWORD}
    return Organization(as2_name=folder.name, **named)


def _partner(name: str, folder: Path) -> Partner:
    certificate = (folder / "agency.pem").read_bytes().partition(b"-----END CERTIFICATE-----\n")
    pem = certificate[0] + certificate[1]
    return Partner(
        as2_name=name,
        verify_cert=pem,
        encrypt_cert=pem,
        validate_certs=False,
        sign=True,
        digest_alg="sha256",
        encrypt=True,
        enc_alg="aes_128_cbc",
        mdn_mode="SYNC",
        mdn_digest_alg="sha256",
    )


if __name__ == "__main__":
    main()
