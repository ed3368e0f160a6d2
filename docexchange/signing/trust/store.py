"""Trust anchors with what helps to judge by them, and the verdicts they have led to.

>>> trust = TrustStore.from_path("trust/")          # certificates and CRLs in one folder
>>> trust.find_path(leaf, chain, at=clock.now(), check_revocation=True).subjects
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docexchange.errors import ConfigurationError
from docexchange.signing.certificates import fingerprint
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.gathering import Material, gather
from docexchange.signing.trust.parsing import certificate_of
from docexchange.signing.trust.reading import is_list, read_certificates, read_crls, trust_files
from docexchange.signing.trust.remembering import Verdicts
from docexchange.signing.trust.rules import PathRules
from docexchange.signing.trust.vouched import vouched
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.signing.trust.judging import TrustedPath
    from docexchange.signing.trust.sources import Sources

__all__ = ["TrustStore"]


class TrustStore:
    """Trust anchors, with the certificates and revocation lists that help to judge.

    Threads may share it.

    Args:
        anchors: DER of the certificates that are trusted as they are. One that another of them
            issued is taken for an intermediate. An authority without its root does for paths; but
            lists of its own cannot be checked, so revocation stays open (``TRY_LATER``).
        intermediates: DER of certificates that may stand between.
        crls: DER of certificate revocation lists: direct, indirect and delta.
        ocsps: DER of OCSP answers. They count for certificates that name a responder.
        sources: fetches what certificates point to, where what is at hand does not do; nothing is
            fetched without it.

    Raises:
        ConfigurationError: there is no anchor, or one of the certificates cannot be used.
    """

    def __init__(
        self,
        anchors: Sequence[bytes],
        *,
        intermediates: Sequence[bytes] = (),
        crls: Sequence[bytes] = (),
        ocsps: Sequence[bytes] = (),
        sources: Sources | None = None,
    ) -> None:
        if not anchors:
            raise ConfigurationError(
                "expected at least one trust anchor, found none",
                code="trust.empty",
                advice="Give the root certificate of the authority you trust.",
            )
        given = tuple(map(_usable, anchors))
        self.anchors = _topmost(given)
        self.intermediates = tuple(map(_usable, intermediates))
        self.crls, self.ocsps = tuple(crls), tuple(ocsps)
        self._helpers = (*given, *self.intermediates)
        self._sources = sources
        self._verdicts = Verdicts(lasting=self._lasts)

    @classmethod
    def from_path(
        cls,
        *paths: Path | str,
        crls: Sequence[Path | str] = (),
        sources: Sources | None = None,
    ) -> TrustStore:
        """Read anchors and CRLs from files, or from folders that hold them.

        Args:
            paths: a certificate or bundle (PEM or DER), or a folder of them; in a folder, files
                with ``crl`` in the name are revocation lists.
            crls: more revocation lists.
            sources: as for the class.

        Raises:
            InputNotFound: a file cannot be read.
            ConfigurationError: a file is not what it should be, or there is no anchor.
        """
        files = [file for path in paths for file in trust_files(Path(path))]
        lists = [file for file in files if is_list(file)]
        anchors = [der for file in files if file not in lists for der in read_certificates(file)]
        found = [der for file in (*lists, *map(Path, crls)) for der in read_crls(file)]
        return cls(anchors, crls=found, sources=sources)

    def find_path(
        self,
        leaf: bytes,
        chain: Sequence[bytes],
        *,
        at: datetime,
        check_revocation: bool,
        rules: PathRules | None = None,
        crls: Sequence[bytes] = (),
        ocsps: Sequence[bytes] = (),
    ) -> TrustedPath:
        """Find a valid path from a signing certificate to an anchor, and what proves it.

        Results are kept per certificate, evidence and rules, for as long within a minute as they
        are known to hold; see ``remembering``.

        Args:
            leaf: DER of the signing certificate.
            chain: DER of certificates that came with it; helpful, never trusted.
            at: the moment to judge for, timezone-aware.
            check_revocation: whether each certificate must be shown not to be revoked.
            rules: what the path must be like; fit for documents where they are left out.
            crls: DER of revocation lists that came with it; they count if their issuer signed them.
            ocsps: DER of OCSP answers that came with it, as above.

        Raises:
            Refusal: there is no such path, with the standard's reason.
        """
        rules = rules or PathRules()
        came = Material(chain=tuple(chain), lists=tuple(crls), answers=tuple(ocsps))
        verdict = self._verdicts.on(
            (fingerprint(leaf), came.key, check_revocation, rules),
            at=at,
            judge=lambda moment: gather(
                leaf,
                came,
                own=self._material,
                anchors=self.anchors,
                at=moment,
                rules=rules,
                check_revocation=check_revocation,
                sources=self._sources,
            ),
        )
        if isinstance(verdict, Refusal):
            raise verdict.again()
        return verdict

    @property
    def _material(self) -> Material:
        return Material(chain=self._helpers, lists=self.crls, answers=self.ocsps)

    def _lasts(self, verdict: TrustedPath | Refusal) -> bool:
        """Whether the same question has the same answer soon: what is missing may be there then."""
        passing = {SubIndication.TRY_LATER, SubIndication.NO_CERTIFICATE_CHAIN_FOUND}
        return (
            self._sources is None
            or not isinstance(verdict, Refusal)
            or verdict.sub_indication not in passing
        )


def _topmost(given: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Those that no other issued.

    The library (0.33) cannot check a list signed by an anchor whose own issuer is not on the path,
    so a root and its authority in one folder must not both be ends of paths.
    """
    below = {
        der
        for der in given
        if not _names_itself(der)
        and vouched([der], anchors=[other for other in given if other != der])
    }
    return tuple(dict.fromkeys(der for der in given if der not in below)) or given


def _names_itself(der: bytes) -> bool:
    certificate = certificate_of(der)
    return certificate is not None and bool(certificate.issuer == certificate.subject)


def _usable(der: bytes) -> bytes:
    if certificate_of(der) is None:
        raise ConfigurationError(
            f"expected a certificate that can be trusted, found {len(der)} octets that are none",
            code="trust.unreadable",
            advice="Ask the authority for its current certificate.",
        )
    return der
