"""What other programs say of the corpus of XML signatures, each given what the run can give it.

The program xmlsec1 gets the run's own options, as far as the one that is installed knows them.
python-xmlsec and signxml take one key or certificate: the one that our engine found, and signxml
also what lies beside the file. A case that a program cannot be asked about counts as not agreed.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any, Final

from corpora_dsig import LIFTED, cases
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dsig_help import lenient
from signature_peers import signxml_verifies, xmlsec_verifies

from docexchange.envelope.names import DS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpora_dsig import Case

_FILES: Final = {
    "--trusted-$cert_format": "--trusted-der",
    "--untrusted-$cert_format": "--untrusted-der",
    "--pubkey-cert-$cert_format": "--pubkey-cert-der",
    "--pubkey-cert-der": "--pubkey-cert-der",
    "--hmackey": "--hmackey",
    "--keys-file": "--keys-file",
    "$pub_key_option": "--pubkey-der",
}
"""Options of a run that name a file, and how xmlsec1 1.2 has them."""
_KEY_DATA: Final = {
    **{kind: kind for kind in ("key-name", "key-value", "retrieval-method", "x509", "rsa", "dsa")},
    "ec": "ecdsa",
}
"""Kinds of key data that xmlsec1 1.2 knows, by what the runs call them."""


def peers_of_dsig() -> dict[str, list[bool | None]]:
    """For each program and each case: whether it says what the corpus expects; None: not asked."""
    ask = {"xmlsec1": by_xmlsec1, "python-xmlsec": by_python_xmlsec, "signxml": by_signxml}
    said: dict[str, list[bool | None]] = {"docexchange": []}
    for case in cases():
        said["docexchange"].append(case.good is not bool(case.judged(LIFTED).code))
        for peer, answer in ask.items():
            told = answer(case)
            said.setdefault(peer, []).append(None if told is None else told is case.good)
    return said


def by_xmlsec1(case: Case) -> bool | None:
    """Whether the program accepts the case, by the run's own options."""
    argv = ["xmlsec1", "--verify", *xmlsec1_options(case), str(case.file)]
    run = subprocess.run(argv, capture_output=True, check=False, timeout=60, cwd=case.file.parent)
    return run.returncode == 0


def xmlsec1_options(case: Case) -> Iterator[str]:
    """The options that the installed program knows; what lies outside is mapped to its file."""
    for option, word in _FILES.items():
        for name, file in case.given(option):
            yield from (f"{word}:{name}" if name else word, str(file))
    for option in {"--insecure"} & set(case.options):
        yield option
    told = case.value("--verification-gmt-time")
    if told:
        yield from ("--verification-gmt-time", told.replace("+", " "))
    for kind in case.value("--enabled-key-data").split(","):
        if kind in _KEY_DATA:
            yield from ("--enabled-key-data", _KEY_DATA[kind])  # of a list it takes the first
    for uri, file in case.files(lenient(case.file)).items():
        yield from (f"--url-map:{uri}", str(file))


def by_python_xmlsec(case: Case) -> bool | None:
    """Whether the binding accepts it, by the key we found; it can be given nothing from outside."""
    chosen = case.examined(LIFTED).chosen
    root = lenient(case.file)
    if chosen is None or _elsewhere(root):
        return None
    element = next(root.iter(f"{{{DS}}}Signature"))
    if isinstance(chosen.key, bytes):
        return xmlsec_verifies(element, chosen.key, secret=True)
    key: Any = chosen.key
    pem: bytes = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return xmlsec_verifies(element, pem)


def by_signxml(case: Case) -> bool | None:
    """Whether signxml accepts it, by the certificate we found."""
    chosen = case.examined(LIFTED).chosen
    if chosen is None or not chosen.certificate:
        return None
    beside = {uri: file.read_bytes() for uri, file in case.files(lenient(case.file)).items()}
    return signxml_verifies(case.file.read_bytes(), chosen.certificate, beside=beside)


def _elsewhere(root: Any) -> bool:
    """Whether it refers to anything outside the file."""
    uris = [item.get("URI") or "" for item in root.iter(f"{{{DS}}}*")]
    return any(uri and not uri.startswith("#") for uri in uris)
