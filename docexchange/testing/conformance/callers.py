"""Cases about who is let in: mutual TLS, and the directory behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.testing.conformance.bench import hold, status_is, told
from docexchange.testing.conformance.case import Case, NoAnswer, TooLate, Violation

if TYPE_CHECKING:
    from docexchange.signing import SigningKey
    from docexchange.testing.conformance.bench import Bench

__all__ = ["CASES"]

_CLAUSE: Final = "Who is there"
_KEPT: Final = ("/v1/mailbox", "/v1/messages/m-none/receipts", f"/v1/uploads/{'0' * 32}/receipt")


def _without(bench: Bench) -> None:
    for path in _KEPT:
        answer = bench.line.ask("GET", path, who=None)
        hold(answer.status == 401, f"HTTP 401 to GET {path}", told(answer))  # noqa: PLR2004


def _without_push(bench: Bench) -> None:
    """A good letter does not stand in for a certificate."""
    data = bench.letter()
    fields = {"Content-Type": "application/xml"}
    answer = bench.line.ask("POST", "/v1/messages", body=data, fields=fields, who=None)
    status_is(answer, 401)


def _shut_out(bench: Bench, who: SigningKey) -> None:
    """The handshake ends, or the request is refused."""
    try:
        answer = bench.line.ask("GET", "/v1/mailbox", who=who)
    except TooLate:
        raise
    except NoAnswer:
        return
    status_is(answer, 401, 403)


def _unknown_authority(bench: Bench) -> None:
    _shut_out(bench, bench.stranger)


def _expired(bench: Bench) -> None:
    _shut_out(bench, bench.certificate("expired"))


def _revoked(bench: Bench) -> None:
    _shut_out(bench, bench.certificate("revoked"))


def _another_name(bench: Bench) -> None:
    fields = {"Docexchange-From": str(bench.profile.recipient)}
    status_is(bench.ask("GET", "/v1/mailbox", fields=fields), 403)


def _in_anothers_name(bench: Bench) -> None:
    """Our letter, brought by another agency: the receipt must not name us as who brought it."""
    other = bench.certificate("other")
    answer = bench.push(bench.letter(), who=other)
    if answer.status == 200:  # noqa: PLR2004
        found, own = bench.receipt(answer).from_node, bench.profile.agency
        hold(found.as_decision_20 != own.as_decision_20, "From another agency", found)


def _plain_http(bench: Bench) -> None:
    try:
        with bench.line.plain() as connection:
            connection.write(bench.line.head("GET", "/v1/mailbox", {"Connection": "close"}))
            answer = connection.answer("GET")
    except NoAnswer:
        return
    if answer.status < 400:  # noqa: PLR2004
        raise Violation("no answer without TLS", told(answer))


CASES: Final = (
    Case(
        id="tls.no-certificate",
        title="Whoever shows no certificate is told 401.",
        title_vi="Không có chứng thư số thì nhận 401.",
        clause=_CLAUSE,
        check=_without,
    ),
    Case(
        id="tls.no-certificate-push",
        title="Nor does a good letter let anybody in who shows no certificate.",
        title_vi="Văn bản hợp lệ cũng không thay được chứng thư số của bên gọi.",
        clause=_CLAUSE,
        check=_without_push,
    ),
    Case(
        id="tls.unknown-authority",
        title="A certificate by an authority that nobody knows is not let in.",
        title_vi="Chứng thư số của nơi cấp không ai biết thì không được vào.",
        clause=_CLAUSE,
        check=_unknown_authority,
    ),
    Case(
        id="tls.expired",
        title="A certificate that has expired is not let in.",
        title_vi="Chứng thư số hết hạn thì không được vào.",
        clause=_CLAUSE,
        check=_expired,
    ),
    Case(
        id="tls.revoked",
        title="A certificate that was revoked is not let in.",
        title_vi="Chứng thư số bị thu hồi thì không được vào.",
        clause=_CLAUSE,
        check=_revoked,
    ),
    Case(
        id="tls.another-name",
        title="Nobody acts for an agency that its certificate is not listed for: 403.",
        title_vi="Không ai được nhân danh cơ quan không ghi cho chứng thư số của mình: 403.",
        clause=_CLAUSE,
        check=_another_name,
    ),
    Case(
        id="tls.brought-by",
        title="The receipt names the agency of the certificate as who brought the letter.",
        title_vi="Biên nhận ghi bên gửi theo chứng thư số của bên gọi.",
        clause=_CLAUSE,
        check=_in_anothers_name,
    ),
    Case(
        id="tls.plain-http",
        title="Nothing is answered without TLS.",
        title_vi="Không trả lời khi không có TLS.",
        clause=_CLAUSE,
        check=_plain_http,
    ),
)
"""In the order in which they run."""
