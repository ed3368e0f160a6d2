"""Whom we trust: anchors, and the path from a certificate to one of them, at a moment.

>>> trust = TrustStore.from_path("trust/")          # certificates and CRLs in one folder
>>> trust.check_path(leaf, chain, at=clock.now(), check_revocation=True)

Path building, constraints and revocation are pyhanko-certvalidator's; this module is its only door.
Nothing is fetched: certificates and CRLs are given. Two traps of that library are avoided on
purpose: ``hard-fail`` ignores a supplied CRL when the certificate names no distribution point, so
revocation information is *required*; and an anchor's own name constraints count only when they are
derived from its certificate.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.signing.certificates import fingerprint, load_der, load_pem_bundle
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.vouched import vouched

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate

__all__ = ["TrustStore"]

_CERTIFICATE_SUFFIXES: Final = {".pem", ".crt", ".cer", ".der"}
_CRL_SUFFIXES: Final = {".crl"}
_PEM_CRL: Final = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)
_MAX_FILE: Final = 64 * 1024 * 1024
_CACHE_SIZE: Final = 4096


class TrustStore:
    """Trust anchors, with the certificates and revocation lists that help to judge.

    Args:
        anchors: DER of the certificates that are trusted as they are. One that another of them
            issued is taken for an intermediate. An authority without its root does for paths; but
            lists of its own cannot be checked, so revocation stays open (``TRY_LATER``).
        intermediates: DER of certificates that may stand between.
        crls: DER of certificate revocation lists.

    Raises:
        ConfigurationError: there is no anchor, or one of the certificates cannot be used.
    """

    def __init__(
        self,
        anchors: Sequence[bytes],
        *,
        intermediates: Sequence[bytes] = (),
        crls: Sequence[bytes] = (),
    ) -> None:
        if not anchors:
            raise ConfigurationError(
                "expected at least one trust anchor, found none",
                code="trust.empty",
                advice="Give the root certificate of the authority you trust.",
            )
        given = list(map(_usable, anchors))
        self._roots = _topmost(given)
        self._helpers = (*given, *map(_usable, intermediates))
        self.anchors = tuple(map(_der, self._roots))
        self.intermediates = tuple(intermediates)
        self.crls = tuple(crls)
        self._verdicts: OrderedDict[tuple[object, ...], tuple[str, ...] | Refusal] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def from_path(cls, *paths: Path | str, crls: Sequence[Path | str] = ()) -> TrustStore:
        """Read anchors and CRLs from files, or from folders that hold them.

        Args:
            paths: a certificate or bundle (PEM or DER), or a folder of them; in a folder, files
                with ``crl`` in the name are revocation lists.
            crls: more revocation lists.

        Raises:
            InputNotFound: a file cannot be read.
            ConfigurationError: a file is not what it should be, or there is no anchor.
        """
        files = [file for path in paths for file in _files(Path(path))]
        lists = [file for file in files if ".crl" in file.name.lower()]
        anchors = [der for file in files if file not in lists for der in _certificates(file)]
        found = [der for file in (*lists, *map(Path, crls)) for der in _crls(file)]
        return cls(anchors, crls=found)

    def check_path(
        self,
        leaf: bytes,
        chain: Sequence[bytes],
        *,
        at: datetime,
        check_revocation: bool,
    ) -> tuple[str, ...]:
        """Find a valid path from a signing certificate to an anchor.

        Results are kept per certificate, evidence and minute; validity of the leaf is checked to
        the second by the caller's ``at`` each time.

        Args:
            leaf: DER of the signing certificate.
            chain: DER of certificates that came with it; helpful, never trusted.
            at: the moment to judge for, timezone-aware.
            check_revocation: whether each certificate must be shown not to be revoked.

        Returns:
            Subjects on the path, the signer's first.

        Raises:
            Refusal: there is no such path, with the standard's reason.
        """
        minute = at.replace(second=0, microsecond=0)
        key = (fingerprint(leaf), tuple(map(fingerprint, chain)), minute, check_revocation)
        with self._lock:
            verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = self._judge(leaf, chain, at, check_revocation=check_revocation)
            with self._lock:
                self._verdicts[key] = verdict
                if len(self._verdicts) > _CACHE_SIZE:
                    self._verdicts.popitem(last=False)
        if isinstance(verdict, Refusal):
            raise verdict.again()
        return verdict

    def _judge(
        self, leaf: bytes, chain: Sequence[bytes], at: datetime, *, check_revocation: bool
    ) -> tuple[str, ...] | Refusal:
        try:
            return self._find_path(leaf, chain, at, check_revocation=check_revocation)
        except Refusal as refusal:
            return refusal.again()  # without the frames, and all that stands in them

    def _find_path(
        self, leaf: bytes, chain: Sequence[bytes], at: datetime, *, check_revocation: bool
    ) -> tuple[str, ...]:
        from asn1crypto import x509
        from pyhanko_certvalidator import CertificateValidator
        from pyhanko_certvalidator.errors import (
            PathBuildingError,
            PathError,
            ValidationError,
        )

        others = self._between(leaf, chain)
        try:
            validator = CertificateValidator(
                x509.Certificate.load(leaf, strict=True),
                intermediate_certs=[x509.Certificate.load(der, strict=True) for der in others],
                validation_context=self._context(at, check_revocation=check_revocation),
            )
            path = _run(validator.async_validate_path())
        except PathBuildingError as error:
            raise _no_chain(leaf) from error
        except (ValidationError, PathError) as error:
            raise _refusal(error) from error
        except (ValueError, TypeError, KeyError, OverflowError, NotImplementedError) as error:
            raise Refusal(
                SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
                f"expected certificates that can be judged, found {error}",
                code="certificate.unreadable",
            ) from error
        return tuple(item.subject.human_friendly for item in reversed(list(path)))

    def _between(self, leaf: bytes, chain: Sequence[bytes]) -> list[bytes]:
        """The certificates between the signer's and an anchor; see ``vouched``."""
        signer = _loaded(leaf)
        given = [found for der in chain if (found := _loaded(der))]
        known = vouched([*given, *self._helpers, *filter(None, [signer])], anchors=self._roots)
        if signer not in known:
            raise _no_chain(leaf)
        return [_der(item) for item in known if item != signer]

    def _context(self, at: datetime, *, check_revocation: bool) -> Any:
        from pyhanko_certvalidator import ValidationContext
        from pyhanko_certvalidator.policy_decl import (
            NO_REVOCATION,
            REQUIRE_REVINFO,
            CertRevTrustPolicy,
        )

        rule = REQUIRE_REVINFO if check_revocation else NO_REVOCATION
        return ValidationContext(
            trust_roots=[_anchor(der) for der in self.anchors],
            crls=list(self.crls) if check_revocation else [],
            moment=at,
            allow_fetching=False,
            # A list issued after the moment in question still tells what was revoked before it.
            revinfo_policy=CertRevTrustPolicy(rule, retroactive_revinfo=True),
        )


def _anchor(der: bytes) -> Any:
    from asn1crypto import x509
    from pyhanko_certvalidator.authority import CertTrustAnchor, derive_quals_from_cert

    certificate = x509.Certificate.load(der)
    rules = derive_quals_from_cert(certificate)
    if rules.max_path_length is not None and rules.max_aa_path_length is None:
        # Otherwise the library (0.33) subtracts from None on any anchor with a path length.
        rules = replace(rules, max_aa_path_length=rules.max_path_length)
    return CertTrustAnchor(certificate, rules)


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Drive a coroutine that never waits: nothing is fetched, so there is nothing to wait for.

    ``asyncio.run`` would fail inside somebody's running event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    finally:
        coroutine.close()
    raise RuntimeError("certificate validation waited for the network; fetching must be off")


def _refusal(error: Exception) -> Refusal:
    from pyhanko_certvalidator import errors

    is_signer = getattr(error, "is_ee_cert", True)
    sub_indication, code, advice = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, "path", ""
    if isinstance(error, errors.RevokedError):
        sub_indication = (
            SubIndication.REVOKED_NO_POE if is_signer else SubIndication.REVOKED_CA_NO_POE
        )
        code = "revoked"
        advice = (
            "The certificate was withdrawn and nothing proves that the signature is older. "
            "Ask the sender for a newly signed copy."
        )
    elif isinstance(error, (errors.ExpiredError, errors.NotYetValidError)):
        sub_indication, code = SubIndication.OUT_OF_BOUNDS_NO_POE, "out-of-bounds"
        advice = (
            "Nothing proves that the signature was made while the certificate was valid. If you "
            "know when it was, judge for that moment with --at."
        )
    elif isinstance(error, errors.InsufficientRevinfoError):
        sub_indication, code = SubIndication.TRY_LATER, "no-revocation-information"
        advice = "Give a current revocation list of each issuing authority (--crl)."
    elif isinstance(error, errors.DisallowedAlgorithmError):
        sub_indication, code = SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "algorithm"
    message = f"expected a valid certificate path, found: {error}"
    return Refusal(sub_indication, message, code=f"certificate.{code}", advice=advice)


def _topmost(given: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Those that no other issued.

    The library (0.33) cannot check a list signed by an anchor whose own issuer is not on the path,
    so a root and its authority in one folder must not both be ends of paths.
    """
    below = {
        item
        for item in given
        if item.issuer != item.subject
        and vouched([item], anchors=[other for other in given if other != item])
    }
    return tuple(item for item in given if item not in below) or tuple(given)


def _der(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _usable(der: bytes) -> Certificate:
    try:
        return load_der(der)
    except ValueError as error:
        raise ConfigurationError(
            f"expected a certificate that can be trusted, found one that cannot be used ({error})",
            code="trust.unreadable",
            advice="Ask the authority for its current certificate.",
        ) from error


def _loaded(der: bytes) -> Certificate | None:
    try:
        return load_der(der)
    except ValueError:  # it can be of no help, then
        return None


def _no_chain(leaf: bytes) -> Refusal:
    certificate = _loaded(leaf)
    subject = certificate.subject.rfc4514_string()[:200] if certificate else "not a certificate"
    return Refusal(
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        f"expected a path from the signing certificate to a trust anchor, found none ({subject})",
        code="certificate.no-chain",
        advice="If you trust the authority that issued it, add its root certificate (--trust).",
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    known = _CERTIFICATE_SUFFIXES | _CRL_SUFFIXES
    try:
        return sorted(file for file in path.iterdir() if file.suffix.lower() in known)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    if len(data) > _MAX_FILE:
        raise ConfigurationError(f"{path}: expected at most 64 MiB, found more", code="trust.size")
    return data


def _certificates(path: Path) -> list[bytes]:
    try:
        return [_der(item) for item in load_pem_bundle(_read(path))]
    except ValueError as error:
        raise ConfigurationError(
            f"{path}: expected certificates in PEM or DER, found otherwise ({error})",
            code="trust.unreadable",
            advice="Give the root certificate file you got from the authority.",
        ) from error


def _crls(path: Path) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _read(path)
    try:
        if b"-----BEGIN" not in data:
            return [x509.load_der_x509_crl(data).public_bytes(Encoding.DER)]
        lists = map(x509.load_pem_x509_crl, _PEM_CRL.findall(data) or [data])
        return [item.public_bytes(Encoding.DER) for item in lists]
    except ValueError as error:
        raise ConfigurationError(
            f"{path}: expected a certificate revocation list in PEM or DER, found otherwise "
            f"({error})",
            code="trust.unreadable",
            advice="Download the list again from the authority.",
        ) from error
