"""What the cases work with: fresh letters, questions to the endpoint, a judge of receipts.

>>> answer = bench.push(bench.letter())
>>> bench.receipt(answer).accepted
True
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from docexchange.clock import vietnam_date
from docexchange.envelope import Attachment, Document, DocumentBuilder, Envelope, Organization
from docexchange.envelope.receipt import Receipt, read_receipt
from docexchange.errors import UnreadableInput, VerificationFailed
from docexchange.identifiers import MessageId, OrganId
from docexchange.signing import Signer, SigningKey, sign_receipt, verify_receipt
from docexchange.testing.conformance.case import NoAnswer, NotApplicable, Violation
from docexchange.testing.conformance.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docexchange.testing.conformance.line import Answer
    from docexchange.testing.conformance.profile import Profile

__all__ = ["PROBLEM", "Bench", "content_digest", "hold", "status_is"]

PROBLEM: Final = "application/problem+json"
"""The media type of a refusal."""
_DAY: Final = timedelta(days=1)
_NOWHERE: Final = "http://crl.stranger.invalid/list.crl"
_OCTETS: Final = b"%PDF-1.4 conformance" * 100


def content_digest(data: bytes) -> str:
    """``Content-Digest`` of a body (RFC 9530)."""
    return f"sha-256=:{b64encode(sha256(data).digest()).decode()}:"


def hold(good: object, expected: str, found: object) -> None:
    """Hold the endpoint to something.

    Raises:
        Violation: it is not so.
    """
    if not good:
        raise Violation(expected, found)


def status_is(answer: Answer, *allowed: int) -> None:
    """Hold an answer to one of several statuses.

    Raises:
        Violation: it has another.
    """
    expected = " or ".join(f"HTTP {status}" for status in allowed)
    hold(answer.status in allowed, expected, told(answer))


def told(answer: Answer) -> str:
    """An answer in a few words; what the endpoint says is shortened, and quoted."""
    problem = answer.json() if answer.media_type == PROBLEM else None
    said = problem.get("detail") if isinstance(problem, dict) else None
    return f"HTTP {answer.status}" + (f" {str(said)[:200]!r}" if said else "")


class Bench:
    """One run against one endpoint.

    Args:
        profile: what the run was told.
        token: makes a new part of an id each time; no two runs may make the same.
    """

    def __init__(self, profile: Profile, *, token: Callable[[], str]) -> None:
        self.profile: Final = profile
        self._token: Final = token
        self.memo: Final[dict[str, Any]] = {}
        self.uploads: Final[list[str]] = []
        trusted = profile.verifier.trust.anchors
        self.line: Final = Line(
            profile.url, trusted=trusted, clock=profile.clock, seconds=profile.seconds
        )

    def tidy(self) -> None:
        """End the uploads that were begun, as far as the endpoint lets us."""
        with suppress(NoAnswer):
            for path in self.uploads:
                self.ask("DELETE", path, fields={"Tus-Resumable": "1.0.0"})
        self.uploads.clear()

    # --- letters ---

    def document(self, *, message_id: str = "", octets: bytes = _OCTETS) -> Document:
        """A letter from us to the owner of the endpoint.

        Args:
            message_id: its id; a new one when left out.
            octets: of its attachment.
        """
        return (
            DocumentBuilder()
            .message_id(MessageId(message_id or f"m-{self._token()}"))
            .sender(Organization(self.profile.agency, "Conformance"))
            .to(Organization(self.profile.recipient, "Endpoint"))
            .code("1", "KT")
            .promulgated(vietnam_date(self.profile.clock.now()))
            .type("Công văn")
            .subject("Kiểm tra điểm kết nối / conformance test")
            .signer("docexchange conformance")
            .attach(Attachment.from_bytes(octets, name="test.pdf"))
            .build()
        )

    def letter(self, *, key: SigningKey | None = None, **values: Any) -> bytes:
        """The same, signed.

        Args:
            key: who signs; we do when left out.
            values: as for ``document``.
        """
        signer = Signer(key or self.profile.key, clock=self.profile.clock, role="agency")
        return b"".join(signer.sign(self.document(**values)).envelope.chunks())

    def unsigned(self) -> bytes:
        """A letter that nobody has signed."""
        return b"".join(Envelope.of(self.document()).chunks())

    # --- questions ---

    def ask(self, method: str, path: str, **values: Any) -> Answer:
        """A request in our name; see `Line.ask`."""
        return self.line.ask(method, path, **{"who": self.profile.key} | values)

    def push(
        self, data: bytes, *, query: str = "", who: SigningKey | None = None, **fields: str
    ) -> Answer:
        """Bring a letter.

        Args:
            data: its bytes.
            query: behind the path.
            who: whose certificate is shown; ours when left out.
            fields: of the header, with underscores; an empty one is left out.
        """
        plain = {"Content-Type": "application/xml", "Content-Digest": content_digest(data)}
        changed = {name.replace("_", "-"): value for name, value in fields.items()}
        header = {name: value for name, value in (plain | changed).items() if value}
        path = f"/v1/messages{query}"
        return self.ask("POST", path, body=data, fields=header, who=who or self.profile.key)

    @cached_property
    def brought(self) -> tuple[bytes, Answer]:
        """One letter, and what the endpoint said to it; asked once in a run."""
        data = self.letter()
        return data, self.push(data)

    @property
    def accepted(self) -> tuple[bytes, Answer]:
        """The same, for cases that say nothing where no letter is accepted at all.

        Raises:
            NotApplicable: it was not accepted.
        """
        data, answer = self.brought
        if answer.status != 200 or answer.media_type != "application/xml":  # noqa: PLR2004
            raise NotApplicable("push.accepts has to pass first")
        return data, answer

    # --- answers ---

    def receipt(self, answer: Answer) -> Receipt:
        """Read the receipt or refusal in an answer; its signature is not looked at.

        Raises:
            Violation: there is none.
        """
        try:
            return read_receipt(answer.body)[0]
        except UnreadableInput as error:
            raise Violation("a receipt as the body", f"{told(answer)}: {error}") from error

    def judge(self, answer: Answer) -> None:
        """Hold an answer to a receipt whose signature proves its issuer.

        Raises:
            Violation: it proves nothing.
        """
        self.receipt(answer)
        try:
            verify_receipt(answer.body, self.profile.verifier)
        except (UnreadableInput, VerificationFailed) as error:
            raise Violation("a receipt signed by its issuer", error) from error

    def refusal(self, answer: Answer) -> Receipt:
        """Read a refusal: 422, and a receipt that says it was not accepted.

        Raises:
            Violation: it is something else.
        """
        status_is(answer, 422)
        found = self.receipt(answer)
        hold(not found.accepted, "a refusal: Accepted false", "Accepted true")
        return found

    @cached_property
    def stranger(self) -> SigningKey:
        """A certificate that names us, by an authority that nobody knows."""
        from docexchange.testing import Authority, Validity, subject_name

        now = self.profile.clock.now()
        validity = Validity(begin=now - _DAY, end=now + _DAY)
        name = subject_name("Stranger", code=str(self.profile.agency))
        held = Authority.root(name, key="p256", validity=validity, crl_uri=_NOWHERE).issue(
            name, key="p256", validity=validity
        )
        return SigningKey(
            private_key=held.private_key, certificate=held.certificate, chain=held.chain
        )

    def certificate(self, name: str) -> SigningKey:
        """One of the certificates that only some runs have.

        Raises:
            NotApplicable: this one has not.
        """
        if name not in self.profile.certificates:
            raise NotApplicable(f"needs the certificate {name!r}")
        return self.profile.certificates[name]

    def own_receipt(self, parcel: Mapping[str, Any], data: bytes) -> bytes:
        """Our signed receipt for a parcel that we fetched.

        Args:
            parcel: as the mailbox lists it.
            data: the bytes that it is over.
        """
        profile = self.profile
        receipt = Receipt(
            message_id=MessageId(parcel["message_id"]),
            recipient=OrganId(parcel["recipient"]),
            from_node=profile.recipient,
            issuer=profile.agency,
            sha256=sha256(data).hexdigest(),
            size=len(data),
            at=profile.clock.now(),
            hop=0,
            accepted=True,
        )
        return sign_receipt(receipt, Signer(profile.key, clock=profile.clock, role="agency"))
