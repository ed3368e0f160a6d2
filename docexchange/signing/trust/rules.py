"""What a path must be like beyond RFC 5280's own rules: the initial values of its clause 6.1.1.

>>> PathRules(policies=frozenset({"1.2.3"}), require_policy=True)
>>> PathRules(purposes=TIME_STAMPING)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import ConfigurationError
from docexchange.signing.constraints import Constraints
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from cryptography.x509 import NameConstraints

__all__ = ["ANY_POLICY", "DOCUMENTS", "TIME_STAMPING", "PathRules"]

ANY_POLICY: Final = "any_policy"
"""Stands for every certificate policy."""

DOCUMENTS: Final = frozenset(
    {
        "2.5.29.37.0",  # anyExtendedKeyUsage
        "1.3.6.1.5.5.7.3.36",  # documentSigning, RFC 9336
        "1.3.6.1.5.5.7.3.4",  # emailProtection: RFC 5280 names digital signatures of people
        "1.3.6.1.5.5.7.3.2",  # clientAuth: the same tokens log in, and often name nothing else
        "1.3.6.1.4.1.311.10.3.12",  # documentSigning of Windows
        "1.2.840.113583.1.1.5",  # authentic documents of Acrobat
    }
)
"""Purposes of which a certificate must name one to sign documents, if it names any.

RFC 5280, 4.2.1.12: a certificate that names purposes "MUST only be used for one of the purposes
indicated". RFC 9336, 3, says why servers, code and time stamps are not ours: a key that answers
for a machine must not be able to speak for an agency.
"""

TIME_STAMPING: Final = frozenset({"1.3.6.1.5.5.7.3.8"})
"""The purpose of certificates that sign time stamps (RFC 3161, 2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRules:
    """The rules a path must meet.

    Raises:
        ConfigurationError: no policy is acceptable, or the longest path is shorter than nothing.
    """

    policies: frozenset[str] = frozenset({ANY_POLICY})
    """Acceptable certificate policies, as dotted OIDs (``user-initial-policy-set``)."""
    require_policy: bool = False
    """Whether the path must end with one of them (``initial-explicit-policy``)."""
    inhibit_mapping: bool = False
    """Whether authorities may not map policies (``initial-policy-mapping-inhibit``)."""
    inhibit_any_policy: bool = False
    """Whether ``anyPolicy`` counts for nothing (``initial-any-policy-inhibit``)."""
    names: NameConstraints | None = None
    """Permitted and excluded subtrees of names, as in the extension of that name."""
    path_length: int | None = None
    """Most authorities between anchor and signer, self-issued ones aside; None for any number."""
    purposes: frozenset[str] | None = DOCUMENTS
    """Extended key usages of which a signer that names any must name one; None for no matter."""
    # Not in the hash: rules are keys of remembered verdicts, and a table takes longer to hash than
    # a verdict to look up. It still tells two rules apart.
    constraints: Constraints = field(default_factory=Constraints, hash=False)
    """Which algorithms are good enough, and until when."""

    def __post_init__(self) -> None:
        if not self.policies or (self.path_length is not None and self.path_length < 0):
            raise ConfigurationError(
                "expected one acceptable policy or more and a path length of 0 or more, found "
                f"{len(self.policies)} and {self.path_length}",
                code="trust.rules",
                advice="Leave out what is not to be limited.",
            )

    def check_purpose(self, certificate: Any) -> None:
        """Hold a signer's certificate, as asn1crypto has it, to the purposes.

        Raises:
            Refusal: it names purposes, and none of ours.
        """
        usage = certificate.extended_key_usage_value
        if usage is None or self.purposes is None:
            return
        named = [item.dotted for item in usage]
        if not self.purposes.intersection(named):
            raise Refusal(
                SubIndication.CHAIN_CONSTRAINTS_FAILURE,
                "expected a certificate whose extended key usage allows this, found one for "
                f"{', '.join(map(str, usage.native))[:200]} only",
                code="certificate.extended-key-usage",
                advice="The certificate was issued for something else; ask the signer to use one "
                "for documents.",
            )
