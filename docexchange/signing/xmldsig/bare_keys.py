"""Public keys without a certificate: ``KeyValue`` and ``DEREncodedKeyValue``.

Nobody vouches for them: anyone can make one that fits. They are read so that they can be held
against a certificate beside them, and used where a policy says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS
from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.element import octets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

__all__ = ["read_der_key", "read_key_value"]

_DS11: Final = "{http://www.w3.org/2009/xmldsig11#}"
_MOST: Final = 2048
"""Octets of one number: RSA of 16,384 bits."""
_CURVES: Final = {
    "1.2.840.10045.3.1.7": "SECP256R1",
    "1.3.132.0.34": "SECP384R1",
    "1.3.132.0.35": "SECP521R1",
    "1.3.36.3.3.2.8.1.1.7": "BrainpoolP256R1",
    "1.3.36.3.3.2.8.1.1.11": "BrainpoolP384R1",
    "1.3.36.3.3.2.8.1.1.13": "BrainpoolP512R1",
}


def read_der_key(der: bytes) -> object:
    """A public key out of a ``SubjectPublicKeyInfo``.

    Raises:
        Refusal: it is none.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        return load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise malformed(f"expected a public key in DEREncodedKeyValue: {error}") from error


def read_key_value(element: _Element) -> object:
    """A public key out of ``RSAKeyValue``, ``DSAKeyValue`` or ``ECKeyValue``.

    Raises:
        Refusal: it is none of these, or has no sense.
    """
    read = _READERS.get(str(element.tag))
    if read is None:
        raise malformed(f"expected RSA, DSA or EC in KeyValue, found {element.tag!r}")
    try:
        return read(element)
    except (ValueError, KeyError) as error:
        raise malformed(f"expected a public key in KeyValue: {error}") from error


def _number(element: _Element, name: str) -> int:
    found = element.find(f"{{{DS}}}{name}")
    if found is None:
        raise malformed(f"expected {name} in KeyValue, found none")
    octets = octets_of(found)
    if len(octets) > _MOST:
        raise malformed(f"expected a {name} of at most {_MOST} octets, found {len(octets)}")
    return int.from_bytes(octets, "big")


def _rsa(element: _Element) -> object:
    from cryptography.hazmat.primitives.asymmetric import rsa

    numbers = rsa.RSAPublicNumbers(_number(element, "Exponent"), _number(element, "Modulus"))
    return numbers.public_key()


def _dsa(element: _Element) -> object:
    from cryptography.hazmat.primitives.asymmetric import dsa

    p, q, g, y = (_number(element, name) for name in "PQGY")
    return dsa.DSAPublicNumbers(y, dsa.DSAParameterNumbers(p, q, g)).public_key()


def _ec(element: _Element) -> object:
    from cryptography.hazmat.primitives.asymmetric import ec

    curve, point = element.find(f"{_DS11}NamedCurve"), element.find(f"{_DS11}PublicKey")
    if curve is None or point is None:
        raise malformed("expected NamedCurve and PublicKey in ECKeyValue, found otherwise")
    name = _CURVES[curve.get("URI", "").removeprefix("urn:oid:")]
    return ec.EllipticCurvePublicKey.from_encoded_point(getattr(ec, name)(), octets_of(point))


_READERS: Final[dict[str, Callable[[_Element], object]]] = {
    f"{{{DS}}}RSAKeyValue": _rsa,
    f"{{{DS}}}DSAKeyValue": _dsa,
    f"{_DS11}ECKeyValue": _ec,
}
