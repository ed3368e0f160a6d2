"""Signed properties of XAdES before 1.3.2: what they say is told by name, and not judged.

Nobody makes such signatures any more; old files have them. A policy among what is said is never
known here, and the signer wants to be judged by it.

>>> earlier = read_earlier(element)
>>> earlier.version, earlier.names
('1.2.2', ('SigningTime', 'SignerRole'))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import local_name
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.names import XADES_EARLIER

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["EARLIER_TYPES", "EarlierProperties", "find_earlier", "read_earlier"]

EARLIER_TYPES: Final = frozenset(f"{namespace}SignedProperties" for namespace in XADES_EARLIER)
"""``Type`` of references to them."""
_POLICY: Final = "SignaturePolicyIdentifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierProperties:
    """What stands in them."""

    version: str
    """Of XAdES (``1.2.2``)."""
    names: tuple[str, ...]
    """Of the properties, unsigned ones last."""

    @property
    def has_policy(self) -> bool:
        """Whether a signature policy is named among them."""
        return _POLICY in self.names

    def refuse_policy(self) -> None:
        """Refuse a signature whose policy cannot be known.

        Raises:
            Refusal: always.
        """
        raise Refusal(
            SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE,
            "expected no signature policy or a known one, found one in properties of XAdES "
            f"{self.version}, which are not read",
            code="signature.policy-unknown",
            advice="Get the policy from the sender's authority and read it yourself.",
        )

    def __str__(self) -> str:
        """As people read it."""
        return f"{', '.join(self.names)} (XAdES {self.version})"


def find_earlier(signature: _Element) -> list[_Element]:
    """Such properties in the objects of a signature.

    Args:
        signature: the ``ds:Signature``.
    """
    return [
        found
        for held in signature
        for namespace in XADES_EARLIER
        for found in held.findall(
            f"{{{namespace}}}QualifyingProperties/{{{namespace}}}SignedProperties"
        )
    ]


def read_earlier(element: _Element) -> EarlierProperties | None:
    """What an element says as such properties; None where it is something else.

    Args:
        element: what a reference points to.
    """
    namespace, _, name = str(element.tag).removeprefix("{").partition("}")
    if name != "SignedProperties" or namespace not in XADES_EARLIER:
        return None
    beside = element.itersiblings(f"{{{namespace}}}UnsignedProperties")
    names = (
        local_name(str(item.tag))
        for parent in (element, *beside)
        for group in parent.iterchildren("*")
        for item in group.iterchildren("*")
    )
    return EarlierProperties(version=XADES_EARLIER[namespace], names=tuple(dict.fromkeys(names)))
