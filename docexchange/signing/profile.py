"""Our profile of a signature: which form, which certificate, which algorithms (steps 1 to 3).

XAdES B-B over exclusive canonical XML, with the signing certificate first in ``KeyInfo`` and named
by its digest in the signed properties.

>>> signature = read_profile(element, limits)
>>> certificate = signing_certificate(signature)
>>> algorithm = accepted_algorithm(signature, certificate, policy)
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from docexchange.signing.certificates import MAX_CERTIFICATE, load_der, signatory_of
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, SignatureAlgorithm, name_of
from docexchange.signing.xmldsig.element import read_signature
from docexchange.signing.xmldsig.placeholders import bad_certificate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cryptography.x509 import Certificate
    from lxml.etree import _Element

    from docexchange.limits import Limits
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.xmldsig.element import SignatureElement
    from docexchange.signing.xmldsig.model import SignatureForm

__all__ = [
    "accepted_algorithm",
    "check_certificates",
    "check_order",
    "read_profile",
    "signing_certificate",
]


def read_profile(element: _Element, limits: Limits) -> SignatureElement:
    """Read a signature that must be one of ours.

    Args:
        element: the ``ds:Signature``.
        limits: bounds on references and certificates.

    Raises:
        Refusal: it has another form, or too much in it.
    """
    signature = read_signature(element, max_references=limits.references)
    check_certificates(signature, limits)
    return signature


def check_certificates(signature: SignatureForm, limits: Limits) -> None:
    """Hold the certificates of a signature to their bounds.

    Raises:
        Refusal: there are too many, or too large ones.
    """
    if len(signature.certificates) > limits.certificates:
        raise malformed(
            f"expected at most {limits.certificates} certificates, found "
            f"{len(signature.certificates)}"
        )
    longest = max(map(len, signature.certificates), default=0)
    if longest > MAX_CERTIFICATE:
        raise malformed(
            f"expected certificates of at most {MAX_CERTIFICATE} octets, found {longest}"
        )


def signing_certificate(signature: SignatureForm) -> Certificate:
    """The certificate in ``KeyInfo`` that the signature is checked with.

    Raises:
        Refusal: there is none, or it cannot be read.
    """
    if not signature.certificates:
        raise Refusal(
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "expected the signing certificate in KeyInfo, found none",
            code="signature.no-certificate",
        )
    der = signature.certificates[0]
    try:
        certificate = load_der(der)
        signatory_of(der)
    except ValueError as error:
        raise bad_certificate(der, error) from error
    return certificate


def check_order(certificates: Sequence[bytes]) -> None:
    """Refuse ``KeyInfo`` where the signing certificate stands behind that of its authority.

    Whoever names several certificates of the path leaves it to the order which of them signed.

    Args:
        certificates: their DER, in order; the first has been read before.

    Raises:
        Refusal: the first of them issued another.
    """
    first, *others = certificates
    authority = load_der(first).subject
    for item in _readable(others):
        if item.issuer == authority != item.subject:
            raise malformed(
                "expected the signing certificate first in KeyInfo, found its authority there"
            )


def _readable(certificates: Iterable[bytes]) -> Iterator[Certificate]:
    for der in certificates:
        with suppress(ValueError):
            yield load_der(der)


def accepted_algorithm(
    signature: SignatureForm, certificate: Certificate, policy: VerificationPolicy
) -> SignatureAlgorithm:
    """What the value was made with.

    Args:
        signature: as read.
        certificate: of the signer.
        policy: which algorithms and keys are accepted.

    Raises:
        Refusal: the policy does not accept it, or it does not fit the key.
    """
    canonicalization, method = signature.canonicalization, signature.signature_method
    if canonicalization.algorithm != EXCLUSIVE_C14N or canonicalization.has_parameters:
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            "expected exclusive canonical XML for SignedInfo, found "
            f"{name_of(canonicalization.algorithm)}",
            code="signature.canonicalization",
        )
    algorithm = policy.signature_algorithm(method.algorithm)
    if method.has_parameters:
        raise malformed("expected a SignatureMethod without parameters, found some")
    policy.check_certificate(certificate, algorithm)
    return algorithm
