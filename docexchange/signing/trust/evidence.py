"""On what the answer to "was it revoked?" stands: lists and answers, as values.

A list issued later than a certificate's end may have dropped it (RFC 5280, 3.3): its silence then
proves nothing, unless the list says that it keeps expired certificates (``expiredCertsOnCRL``); the
same holds for OCSP answers and ``archiveCutoff`` (RFC 6960, 4.4.4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from docexchange.signing.trust.parsing import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = [
    "Evidence",
    "answer_is_final_on",
    "answer_is_silent_on",
    "list_is_silent_on",
    "of_answer",
    "of_list",
    "revoked_since",
]

_EXPIRED_CERTS_ON_CRL: Final = "2.5.29.60"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One revocation list or OCSP answer whose signature was checked on the way."""

    kind: Literal["CRL", "delta CRL", "OCSP"]
    """What it is."""
    issuer: str
    """Whose it is: the name of the list's issuer, or of the responder."""
    produced: datetime
    """As of when it speaks (``thisUpdate``), UTC."""
    next_update: datetime | None
    """When the next was due, UTC."""
    sha256: str
    """SHA-256 of its DER, in hexadecimal."""


def of_list(found: Any) -> Evidence:
    """A revocation list, as asn1crypto has it, as evidence."""
    head = found["tbs_cert_list"]
    return Evidence(
        kind="CRL" if found.delta_crl_indicator_value is None else "delta CRL",
        issuer=head["issuer"].human_friendly,
        produced=head["this_update"].native,
        next_update=head["next_update"].native,
        sha256=found.sha256.hex(),
    )


def of_answer(found: Any) -> Evidence:
    """An OCSP answer, as asn1crypto has it, as evidence."""
    data = found.basic_ocsp_response["tbs_response_data"]
    first = data["responses"][0]
    responder = data["responder_id"]
    name = (
        responder.chosen.human_friendly if responder.name == "by_name" else responder.native.hex()
    )
    return Evidence(
        kind="OCSP",
        issuer=name,
        produced=first["this_update"].native,
        next_update=first["next_update"].native,
        sha256=hashlib.sha256(found.dump()).hexdigest(),
    )


def revoked_since(found: Any, certificate: Any) -> datetime | None:
    """Since when an OCSP answer says that a certificate is revoked; None where it does not.

    Args:
        found: the answer, as asn1crypto has it.
        certificate: as asn1crypto has it; matched by its number alone.
    """
    for single in found.basic_ocsp_response["tbs_response_data"]["responses"]:
        status = single["cert_status"]
        ours = single["cert_id"]["serial_number"].native == certificate.serial_number
        if ours and status.name == "revoked":
            since: datetime = status.chosen["revocation_time"].native
            return since
    return None


def answer_is_final_on(found: Any, path: Iterable[Any]) -> bool:
    """Whether an OCSP answer says that a certificate was revoked, and not put on hold.

    Args:
        found: the answer, as asn1crypto has it.
        path: the certificates in question, as asn1crypto has them; matched by their numbers alone.
    """
    serials = {certificate.serial_number for certificate in path}
    return any(
        single["cert_id"]["serial_number"].native in serials
        and single["cert_status"].name == "revoked"
        and single["cert_status"].chosen["revocation_reason"].native != "certificate_hold"
        for single in found.basic_ocsp_response["tbs_response_data"]["responses"]
    )


def list_is_silent_on(found: Any, path: Iterable[Any]) -> bool:
    """Whether a list may have dropped a certificate because it had ended by then.

    Args:
        found: the list, as asn1crypto has it.
        path: the certificates in question, as asn1crypto has them.
    """
    head = found["tbs_cert_list"]
    kept_since = _expired_kept_since(head["crl_extensions"])
    indirect = _is_indirect(found)
    return any(
        _dropped(certificate, head["this_update"].native, kept_since)
        and not _names(found, certificate)
        for certificate in path
        if indirect or certificate.issuer == head["issuer"]
    )


def _names(found: Any, certificate: Any) -> bool:
    entries = found["tbs_cert_list"]["revoked_certificates"]
    serial = certificate.serial_number
    return any(entry["user_certificate"].native == serial for entry in entries)


def answer_is_silent_on(found: Any, path: Iterable[Any]) -> bool:
    """Whether a responder may have forgotten a certificate because it had ended by then.

    Args:
        found: the answer, as asn1crypto has it.
        path: the certificates in question, as asn1crypto has them.
    """
    by_serial = {certificate.serial_number: certificate for certificate in path}
    for single in found.basic_ocsp_response["tbs_response_data"]["responses"]:
        certificate = by_serial.get(single["cert_id"]["serial_number"].native)
        cutoff = single.archive_cutoff_value
        kept_since = None if cutoff is None else cutoff.native
        says_good = single["cert_status"].name == "good"
        produced = single["this_update"].native
        if certificate and says_good and _dropped(certificate, produced, kept_since):
            return True
    return False


def _dropped(certificate: Any, produced: datetime, kept_since: datetime | None) -> bool:
    end: datetime = certificate.not_valid_after
    return end < produced and (kept_since is None or kept_since > end)


def _is_indirect(found: Any) -> bool:
    point = found.issuing_distribution_point_value
    return point is not None and bool(point["indirect_crl"].native)


def _expired_kept_since(extensions: Any) -> datetime | None:
    from asn1crypto.core import GeneralizedTime

    for extension in extensions:
        if extension["extn_id"].dotted == _EXPIRED_CERTS_ON_CRL:
            try:
                since: datetime = GeneralizedTime.load(extension["extn_value"].contents).native
            except UNREADABLE:
                return None
            return since
    return None
