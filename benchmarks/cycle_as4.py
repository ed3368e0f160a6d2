"""One message through the package ``as4``: signed and encrypted, read, answered, the answer read.

Run by ``cycles.py`` with an interpreter of its own, for the package needs an older ``cryptography``
than we do; so it imports nothing of ours. Arguments: folders of sender and receiver, rounds.
"""

import json
import sys
import time
from pathlib import Path

from as4 import SecurityPolicy, pinned_certificates
from as4.core.common import AS4LocalPrivateKey
from as4.peppol import (
    PeppolAS4MessageBuilderArgs,  # noqa: F401  fails early when the package is another one
    build_peppol_message,
    create_peppol_external_party,
    create_peppol_internal_party,
    parse_peppol_message,
    parse_peppol_receipt,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

PAYLOAD = b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'><Note>"
PAYLOAD += b"0123456789abcdef" * 600 + b"</Note></Invoice>"


def main() -> None:
    sender, receiver = (Path(folder) for folder in sys.argv[1:3])
    rounds = int(sys.argv[3])
    certificates = {folder: _certificate(folder) for folder in (sender, receiver)}

    def internal(name: str, folder: Path):
        key = load_pem_private_key((folder / "agency.key.pem").read_bytes(), None)
        return create_peppol_internal_party(name, certificates[folder], AS4LocalPrivateKey(key))

    def external(name: str, folder: Path):
        return create_peppol_external_party(name, certificates[folder])

    policy = SecurityPolicy(signer_resolver=pinned_certificates(certificates[sender]))
    local, remote = internal("PTE000001", sender), external("PTE000002", receiver)
    other = internal("PTE000002", receiver)

    def cycle() -> None:
        message = build_peppol_message(
            payload=PAYLOAD,
            local_party=local,
            remote_party=remote,
            sender="9932:9999999999",
            recipient="9932:1111111111",
            sender_country_id="GB",
            document_type_identifier_scheme="busdox-docid-qns",
            document_type_identifier_value=(
                "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##"
                "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
            ),
            process_identifier="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        )
        body, boundary = message.get_request_data()
        headers = message.get_http_headers(boundary)
        receiving = parse_peppol_message(headers, body, other, security_policy=policy)
        assert receiving.successful, receiving.errors
        _, signal = receiving.build_signal()
        receipt = parse_peppol_receipt(signal, certificates[receiver])
        receipt.verify_non_repudiation(message.signed_references)

    cycle()
    begin = time.process_time()
    for _ in range(rounds):
        cycle()
    json.dump((time.process_time() - begin) / rounds, sys.stdout)


def _certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates((folder / "agency.pem").read_bytes())[0]


if __name__ == "__main__":
    main()
