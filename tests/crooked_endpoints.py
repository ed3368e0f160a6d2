"""Endpoints that break one promise of the protocol each: something crooked before a real node.

`Crooked` is an ASGI application around the node's. A `Defect` says which requests it meddles with:
``before`` changes what the node is asked, ``after`` what it said, ``instead`` answers for it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from exchange_help import CENTRAL, COMMUNE, DISTRICT, PROVINCE, signing_key
from web_help import chain_of

from docexchange.clock import SystemClock
from docexchange.envelope.receipt import read_receipt
from docexchange.signing import Signer, sign_receipt
from docexchange.web.fields import digest_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing import DemoPki

PUSH: Final = "POST /v1/messages"
MESSAGES: Final = "(POST|GET) /v1/messages.*"
BEGIN: Final = "POST /v1/uploads"
PATCH: Final = "PATCH /v1/uploads/.*"
HEAD: Final = "HEAD /v1/uploads/.*"
BOX: Final = "GET /v1/mailbox"
SIGNATURE: Final = re.compile(rb"<(\w+:)?Signature[ >].*</(\w+:)?Signature>\n?", re.DOTALL)


@dataclass
class Exchange:
    """One request and its answer, to be meddled with."""

    method: str
    path: str
    query: str
    asked: dict[str, str]
    caller: str
    pki: DemoPki
    memory: dict[Any, Any]
    data: bytes = b""
    status: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def said(self) -> Any:
        return json.loads(self.body)

    def say(self, status: int, value: Any = None) -> None:
        """Another answer."""
        self.status, self.body, self.fields = status, b"", {}
        if isinstance(value, bytes):
            self.body, self.fields = value, {"content-type": "application/xml"}
        elif value is not None:
            self.body = json.dumps(value).encode()
            self.fields = {"content-type": "application/json"}


@dataclass(frozen=True)
class Defect:
    """One promise that is broken."""

    name: str
    fails: str
    where: str
    before: Callable[[Exchange], None] | None = None
    after: Callable[[Exchange], None] | None = None
    instead: Callable[[Exchange], None] | None = None


class Crooked:
    """An application around another."""

    def __init__(self, app: Any, pki: DemoPki) -> None:
        self.app, self.pki = app, pki
        self.turn_to(None)

    def turn_to(self, defect: Defect | None) -> None:
        """Break this promise from now on."""
        self.defect, self.memory = defect, {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = self.exchange(scope) if scope["type"] == "http" and self.defect else None
        where = f"{found.method} {found.path}" if found else ""
        if found is None or not re.fullmatch(self.defect.where, where):
            await self.app(scope, receive, send)
        elif self.defect.instead:
            self.defect.instead(found)
            await answer(found, send)
        else:
            await self.meddle(found, scope, receive, send)

    def exchange(self, scope: Any) -> Exchange:
        chain = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ("",)
        return Exchange(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode(errors="replace"),
            asked={key.decode(): value.decode() for key, value in scope["headers"]},
            caller=chain[0],
            pki=self.pki,
            memory=self.memory,
        )

    async def meddle(self, found: Exchange, scope: Any, receive: Any, send: Any) -> None:
        if self.defect.before:
            self.defect.before(found)
            scope = self.changed(scope, found)
        if not self.defect.after:
            await self.app(scope, receive, send)
            return

        async def reading() -> Any:
            event = await receive()
            found.data += event.get("body", b"")
            return event

        async def writing(event: Any) -> None:
            if event["type"] == "http.response.start":
                found.status = event["status"]
                found.fields = {key.decode(): value.decode() for key, value in event["headers"]}
            else:
                found.body += event.get("body", b"")

        await self.app(scope, reading, writing)
        self.defect.after(found)
        await answer(found, send)

    def changed(self, scope: Any, found: Exchange) -> Any:
        headers = [(key.encode(), value.encode()) for key, value in found.asked.items()]
        chain = (
            () if found.caller == "" else (found.caller, *chain_of(self.pki.agency(COMMUNE))[1:])
        )
        tls = {**scope.get("extensions", {}).get("tls", {}), "client_cert_chain": chain}
        return {**scope, "headers": headers, "extensions": {"tls": tls}}


async def answer(found: Exchange, send: Any) -> None:
    """Say it."""
    fields = {**found.fields, "content-length": str(len(found.body))}
    if found.method == "HEAD":
        fields["content-length"] = "0"
    headers = [(key.encode(), value.encode()) for key, value in fields.items()]
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": found.body})


# --- what is broken ----------------------------------------------------------------------------


def status(value: int, *, of: int | None = None) -> Callable[[Exchange], None]:
    """Another status, in place of any or of one."""

    def change(found: Exchange) -> None:
        if of is None or found.status == of:
            found.status = value

    return change


def only(when: Callable[[Exchange], Any], then: Callable[[Exchange], None]) -> Any:
    """A change under a condition."""
    return lambda found: then(found) if when(found) else None


def without(name: str) -> Callable[[Exchange], None]:
    """An answer without this field."""
    return lambda found: found.fields.pop(name, None)


def field_is(name: str, value: str) -> Callable[[Exchange], None]:
    """An answer with another field."""
    return lambda found: found.fields.update({name: value})


def unasked(name: str, value: str | None = None) -> Callable[[Exchange], None]:
    """A request without this field, or with another value."""

    def change(found: Exchange) -> None:
        if name in found.asked and value is None:
            del found.asked[name]
        elif name in found.asked:
            found.asked[name] = value

    return change


def as_commune(found: Exchange) -> None:
    """Whoever calls is taken for the commune."""
    found.caller = chain_of(found.pki.agency(COMMUNE))[0]


def receipts(make: Callable[[Exchange], bytes]) -> Callable[[Exchange], None]:
    """Other receipts than the node's; the same for the same, and shown again so."""

    def change(found: Exchange) -> None:
        if found.status != 200:
            return
        if found.method == "POST":
            found.body = found.memory.setdefault(found.body, None) or made(found)
            found.fields["content-digest"] = digest_field(sha256(found.body).hexdigest())
            return
        told = found.said()
        for item in told["receipts"]:
            xml = item["xml"].encode()
            item["xml"] = found.memory.get(xml, xml).decode()
        found.body = json.dumps(told).encode()

    def made(found: Exchange) -> bytes:
        found.memory[found.body] = make(found)
        return found.memory[found.body]

    return change


def resigned(by: Any = DISTRICT, **fields: Any) -> Callable[[Exchange], bytes]:
    """A receipt that says something else, under a new signature."""

    def make(found: Exchange) -> bytes:
        receipt, _ = read_receipt(found.body)
        signer = Signer(signing_key(found.pki.agency(by)), clock=SystemClock(), role="agency")
        return sign_receipt(replace(receipt, **fields), signer)

    return make


def unsigned(found: Exchange) -> bytes:
    """A receipt that nobody has signed."""
    return SIGNATURE.sub(b"", found.body)


def fresh(found: Exchange) -> None:
    """Another receipt each time, for letters that came before."""
    digest = sha256(found.data).hexdigest()
    if found.status == 200 and found.memory.setdefault(digest, found.body) == found.body:
        if (digest, "again") in found.memory:
            found.body = resigned()(found)
        found.memory[digest, "again"] = True


def never(found: Exchange) -> None:
    """The first good letter that the commune brings is not judged, however often it comes."""
    mine = found.caller == chain_of(found.pki.agency(COMMUNE))[0]
    if found.status == 200 and mine and found.memory.setdefault("first", found.data) == found.data:
        found.say(202)


def endless(found: Exchange) -> None:
    """Says that an upload of the commune's has ended, and leaves it."""
    found.say(204 if found.caller == chain_of(found.pki.agency(COMMUNE))[0] else 404)


def lenient(found: Exchange) -> None:
    """Other bytes under a known id are accepted."""
    for known in found.memory:
        if known in found.data and found.status == 422:
            found.say(200, found.memory[known])
            return
    if found.status == 200:
        found.memory[str(read_receipt(found.body)[0].message_id).encode()] = found.body


def stranger(found: Exchange) -> None:
    """Whose seal it is does not count; that an id is known does."""
    identity = re.search(rb"m-[0-9]+-[0-9]+", found.data)
    genuine = b"SignatureValue" in found.data and "Kiểm tra".encode() in found.data
    if not identity or not genuine or found.query:
        return
    if found.status == 422 and identity[0] not in found.memory:
        found.status = 200
    found.memory[identity[0]] = True


def forgets_whole(found: Exchange) -> None:
    """Claims bytes that never came, where a line broke."""
    if found.method == "PATCH" and found.status == 204:
        found.memory[found.path] = True
    elif found.method == "HEAD" and found.status == 200 and found.path not in found.memory:
        found.fields["upload-offset"] = "2048"


def twice(found: Exchange) -> None:
    if found.status == 409:
        found.say(200, {"lease": "another", "until": "2030-01-01T00:00:00Z"})


def another_lease(found: Exchange) -> None:
    if found.status == 200 and b'"lease"' in found.data:
        found.say(200, {**found.said(), "lease": "another"})


def once(found: Exchange) -> None:
    if found.status == 204 and found.memory.setdefault(found.path, 0):
        found.say(404)
    found.memory[found.path] = found.memory.get(found.path, 0) + 1


def shorter(found: Exchange) -> None:
    if found.status == 200:
        told = found.said()
        for item in told["parcels"]:
            item.pop("since", None)
        found.body = json.dumps(told).encode()


def flipped(found: Exchange) -> None:
    if found.status == 200:
        found.body = found.body[:-1] + b"?"


def document(found: Exchange) -> None:
    found.body = json.dumps({**found.said(), "openapi": "2.0"}).encode()


def is_digest(text: str | None) -> Callable[[Exchange], bool]:
    """Whether the request has this kind of digest, and would be refused for it."""

    def judge(found: Exchange) -> bool:
        told = found.asked.get("content-digest")
        kind = None if told is None else "odd" if "AAAA:" in told else "wrong"
        return found.status == 400 and kind == text and not found.query

    return judge


OK = b"<accepted/>"
say_ok = lambda found: found.say(200, OK)  # noqa: E731
NOTHING = lambda found: found.say(204)  # noqa: E731

DEFECTS: Final = (
    Defect("health fails", "about.health", "GET /v1/health", after=status(500)),
    Defect("ready without reasons", "about.ready", "GET /v1/ready",
           after=lambda found: found.say(200, {"ready": True})),
    Defect("an older OpenAPI", "about.openapi", "GET /v1/openapi.json", after=document),
    Defect("problems in plain text", "about.problem", BOX,
           after=only(lambda found: found.asked.get("docexchange-from") == "../..",
                      field_is("content-type", "text/plain"))),
    Defect("a page for every path", "about.unknown-path", "GET /v1/there-is-.*", after=say_ok),
    Defect("no certificate needed to ask", "tls.no-certificate", BOX,
           before=only(lambda found: not found.caller, as_commune)),
    Defect("no certificate needed to bring", "tls.no-certificate-push", PUSH,
           after=only(lambda found: found.status == 401, say_ok)),
    Defect("revocation is not looked at", "tls.revoked", BOX,
           after=only(lambda found: b"certificate.revoked" in found.body, say_ok)),
    Defect("anybody may act for anybody", "tls.another-name", BOX,
           before=only(lambda found: found.asked.get("docexchange-from") == str(DISTRICT),
                       unasked("docexchange-from"))),
    Defect("whoever brings it is the sender", "tls.brought-by", PUSH,
           before=only(lambda found: found.caller, as_commune)),
    Defect("the first letter is never judged", "push.accepts", PUSH, after=never),
    Defect("receipts nobody signed", "push.receipt-signed", MESSAGES, after=receipts(unsigned)),
    Defect("receipts signed by another", "push.receipt-signed", MESSAGES,
           after=receipts(resigned(CENTRAL))),
    Defect("receipts over other bytes", "push.receipt-exact-bytes", MESSAGES,
           after=receipts(resigned(sha256="0" * 64))),
    Defect("receipts over fewer bytes", "push.receipt-exact-bytes", MESSAGES,
           after=receipts(resigned(size=1))),
    Defect("receipts that name another", "push.receipt-names", MESSAGES,
           after=receipts(resigned(from_node=PROVINCE))),
    Defect("receipts without digest", "push.receipt-digest", PUSH,
           after=only(lambda found: found.status == 200, without("content-digest"))),
    Defect("another receipt each time", "push.same-receipt", PUSH, after=fresh),
    Defect("other bytes under a known id", "push.conflict", PUSH, after=lenient),
    Defect("the old form is gone", "push.recipient-named", PUSH,
           after=only(lambda found: found.query == f"recipient={DISTRICT}", status(400))),
    Defect("lengths must be told", "push.chunked", PUSH,
           after=only(lambda found: "transfer-encoding" in found.asked, status(411))),
    Defect("evidence is forgotten", "push.evidence", "GET /v1/messages/m-.*/receipts",
           after=only(lambda found: found.status == 200,
                      lambda found: found.say(200, {"receipts": []}))),
    Defect("refusals without evidence", "refuse.malformed", PUSH,
           after=only(lambda found: found.data.endswith(b"<letter>"),
                      lambda found: found.say(422, {"code": "malformed"}))),
    Defect("refusals nobody signed", "refuse.refusal-signed", PUSH,
           after=only(lambda found: found.status == 422,
                      lambda found: found.say(422, unsigned(found)))),
    Defect("unsigned letters are accepted", "refuse.unsigned", PUSH,
           after=only(lambda found: b"edXMLEnvelope" in found.data
                      and b"SignatureValue" not in found.data, say_ok)),
    Defect("forged letters are accepted", "refuse.forged", PUSH,
           after=only(lambda found: "Giả mạo".encode() in found.data, say_ok)),
    Defect("strangers' letters are accepted", "refuse.stranger", PUSH, after=stranger),
    Defect("letters for others are accepted", "refuse.not-for", PUSH,
           after=only(lambda found: "Z99" in found.query, say_ok)),
    Defect("any recipient will do", "refuse.bad-recipient", PUSH,
           after=only(lambda found: ".." in found.query, say_ok)),
    Defect("digests may be left out", "refuse.digest-missing", PUSH,
           after=only(is_digest(None), say_ok)),
    Defect("wrong digests are accepted", "refuse.digest-wrong", PUSH,
           after=only(is_digest("wrong"), say_ok)),
    Defect("odd digests are accepted", "refuse.digest-malformed", PUSH,
           after=only(is_digest("odd"), say_ok)),
    Defect("any media type will do", "refuse.media-type", PUSH,
           before=unasked("content-type", "application/xml")),
    Defect("too large is too late", "refuse.too-large", PUSH,
           after=only(lambda found: found.status == 413, say_ok)),
    Defect("any receipt is written down", "refuse.receipt-of-nothing", "POST /v1/receipts",
           after=NOTHING),
    Defect("extensions are not told", "tus.options", "OPTIONS /v1/uploads",
           after=without("tus-extension")),
    Defect("uploads begin elsewhere", "tus.creation", BEGIN,
           after=only(lambda found: found.status == 201,
                      field_is("location", "https://elsewhere.invalid/v1/uploads/1"))),
    Defect("receipts of uploads are lost", "tus.whole", "GET /v1/uploads/.*/receipt",
           after=status(202, of=200)),
    Defect("offsets are lost", "tus.offset", HEAD,
           after=only(lambda found: found.status == 200, field_is("upload-offset", "0"))),
    Defect("offsets are made up", "tus.broken-line", "(HEAD|PATCH) /v1/uploads/.*",
           after=forgets_whole),
    Defect("any offset will do", "tus.offset-conflict", PATCH, after=status(204, of=409)),
    Defect("checksums are not looked at", "tus.checksum-wrong", PATCH,
           before=unasked("upload-checksum")),
    Defect("checksums are never right", "tus.checksum-right", PATCH,
           after=only(lambda found: "upload-checksum" in found.asked, status(460))),
    Defect("metadata is not looked at", "tus.metadata-digest", BEGIN,
           before=unasked("upload-metadata")),
    Defect("uploads cannot be ended", "tus.termination", "DELETE /v1/uploads/.*", instead=endless),
    Defect("uploads never expire", "tus.expiration", BEGIN, after=without("upload-expires")),
    Defect("any version will do", "tus.version", BEGIN, before=unasked("tus-resumable", "1.0.0")),
    Defect("half a letter is receipted", "tus.not-whole", "GET /v1/uploads/.*/receipt",
           after=status(200, of=409)),
    Defect("uploads have no end", "tus.too-large", BEGIN, after=status(201, of=413)),
    Defect("uploads belong to everybody", "tus.belongs", "(HEAD|DELETE) /v1/uploads/.*",
           before=as_commune),
    Defect("lists without dates", "mailbox.list", BOX, after=shorter),
    Defect("any limit will do", "mailbox.limit", BOX,
           after=only(lambda found: found.query == "limit=0", say_ok)),
    Defect("every parcel exists", "mailbox.unknown", "GET /v1/mailbox/0+/content",
           after=status(200, of=404)),
    Defect("parcels are damaged", "mailbox.content", "GET /v1/mailbox/.*/content", after=flipped),
    Defect("ranges are ignored", "mailbox.range", "GET /v1/mailbox/.*/content",
           before=unasked("range")),
    Defect("leases are not given", "mailbox.lease", "POST /v1/mailbox/.*/lease",
           after=status(403, of=200)),
    Defect("leases are given twice", "mailbox.lease-once", "POST /v1/mailbox/.*/lease",
           after=twice),
    Defect("leases cannot be prolonged", "mailbox.lease-prolonged", "POST /v1/mailbox/.*/lease",
           after=another_lease),
    Defect("mailboxes belong to everybody", "mailbox.belongs", "GET /v1/mailbox/.*/content",
           before=as_commune),
    Defect("any receipt lets a parcel go", "mailbox.other-receipt",
           "POST /v1/mailbox/.*/acknowledgement", after=status(204, of=422)),
    Defect("acknowledging twice fails", "mailbox.acknowledge",
           "POST /v1/mailbox/.*/acknowledgement", after=once),
    Defect("500 on odd input", "robust.bad-input", "POST /v1/mailbox/0+/lease",
           after=status(500)),
)  # fmt: skip
"""Each with the case that must find it, and no other case may."""
