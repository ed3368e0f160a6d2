"""What else may stand in a certificate: policies, constraints, purposes, and where to ask.

Each function gives an extension and whether it is critical, as RFC 5280 has it.

    from docexchange.testing import Authority, access, points, policies

    seal = sub_ca.issue(
        name,
        key="p256",
        validity=year,
        extensions=[policies("1.2.3"), access(ocsp="http://127.0.0.1:8080/ocsp")],
    )
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Extra",
    "access",
    "freshest",
    "names",
    "ocsp_responder",
    "points",
    "policies",
    "policy_constraints",
    "purposes",
]

Extra = tuple[x509.ExtensionType, bool]
"""An extension, and whether it is critical."""

_ANY_POLICY: Final = "2.5.29.32.0"


def policies(*oids: str) -> Extra:
    """Certificate policies (4.2.1.4); none for ``anyPolicy``.

    Args:
        oids: dotted.
    """
    held = [
        x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids or [_ANY_POLICY]
    ]
    return x509.CertificatePolicies(held), False


def policy_constraints(
    *, require_after: int | None = None, no_mapping_after: int | None = None
) -> Extra:
    """Policy constraints (4.2.1.11).

    Args:
        require_after: certificates further down from which a policy is required.
        no_mapping_after: certificates further down from which policies may not be mapped.
    """
    return x509.PolicyConstraints(require_after, no_mapping_after), True


def names(
    *, permitted: Sequence[x509.GeneralName] = (), excluded: Sequence[x509.GeneralName] = ()
) -> Extra:
    """Name constraints (4.2.1.10).

    Args:
        permitted: subtrees below which names must be.
        excluded: subtrees below which they must not be.
    """
    return x509.NameConstraints(permitted or None, excluded or None), True


def purposes(*oids: str) -> Extra:
    """Extended key usage (4.2.1.12).

    Args:
        oids: dotted.
    """
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in oids]), False


def ocsp_responder() -> tuple[Extra, Extra]:
    """What makes a certificate one of a responder, and of one not asked about (RFC 6960, 4.2.2)."""
    return purposes("1.3.6.1.5.5.7.3.9"), (x509.OCSPNoCheck(), False)


def points(*uris: str, issuer: x509.Name | None = None) -> Extra:
    """Where revocation lists are published (4.2.1.13).

    Args:
        uris: each a place of its own; none where only the issuer of an indirect list is named.
        issuer: of the list, where it is another than the certificate's.
    """
    whose = None if issuer is None else [x509.DirectoryName(issuer)]
    full: list[list[x509.GeneralName] | None] = [_uri(uri) for uri in uris]
    if not full:
        full = [None if issuer is None else [x509.DirectoryName(issuer)]]
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint(name, None, None, whose) for name in full]
    ), False


def freshest(*uris: str) -> Extra:
    """Where delta lists are published (4.2.1.15).

    Args:
        uris: each a place of its own.
    """
    return x509.FreshestCRL(
        [x509.DistributionPoint(_uri(uri), None, None, None) for uri in uris]
    ), False


def access(*, ocsp: str = "", issuers: str = "") -> Extra:
    """Where to ask about the certificate, and where its issuer's is (4.2.2.1).

    Args:
        ocsp: address of the responder.
        issuers: address of the issuer's certificate.
    """
    method = AuthorityInformationAccessOID
    places = [(method.OCSP, ocsp), (method.CA_ISSUERS, issuers)]
    return x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(oid, x509.UniformResourceIdentifier(uri))
            for oid, uri in places
            if uri
        ]
    ), False


def _uri(uri: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(uri)]
