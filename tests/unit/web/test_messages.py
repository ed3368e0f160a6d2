"""Letters and receipts that are brought over HTTP, with mutual TLS and a store on disk."""

from __future__ import annotations

import io
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, LETTER, PROVINCE, letter, signed
from web_help import letter_from, push_headers, response_of

from docexchange.delivery import InboundState, OutboundState
from docexchange.envelope.receipt import read_receipt
from docexchange.identifiers import MessageId
from docexchange.web.fields import content_digest, digest_field


def brought(client, data, **more):
    """A letter that is brought."""
    params = {"recipient": more.pop("recipient")} if "recipient" in more else {}
    return client.post(
        "/v1/messages", content=data, headers=push_headers(data, **more), params=params
    )


@pytest.fixture
def commune(site):
    """The commune's connection."""
    with site.client(site.pki.agency(COMMUNE)) as client:
        yield client


def test_who_brings_a_letter_takes_a_signed_receipt_home(site, commune):
    """Made out to the caller's agency, over the exact bytes; the letter is stored."""
    data = letter_from(site.pki, LETTER)
    answer = brought(commune, data)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    digest = sha256(answer.content).hexdigest()
    assert content_digest(answer.headers["content-digest"]) == digest
    receipt, _ = read_receipt(answer.content)
    assert (receipt.accepted, receipt.from_node, receipt.issuer) == (True, COMMUNE, DISTRICT)
    assert (receipt.sha256, receipt.size) == (sha256(data).hexdigest(), len(data))
    (record,) = site.node.store.inbound_of(LETTER)
    assert record.state is InboundState.VERIFIED


def test_bringing_it_again_gives_the_same_receipt(site, commune):
    """Byte for byte, also with the recipient spelt out, and after a restart."""
    data = letter_from(site.pki, LETTER)
    first = brought(commune, data).content
    again = brought(commune, data, recipient=str(DISTRICT)).content
    site.restart()
    with site.client(site.pki.agency(COMMUNE)) as client:
        assert first == again == brought(client, data).content
    assert site.world.history("district").count("received") == 1


def test_one_letter_brought_by_many_at_once_is_taken_once(site):
    """Everybody gets the same receipt."""
    data = letter_from(site.pki, LETTER)

    clients = [site.client(site.pki.agency(COMMUNE)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda client: brought(client, data), clients))
    for client in clients:
        client.close()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(site.node.store.inbound_of(LETTER)) == 1


@pytest.mark.parametrize("data", [b"", b"<letter/>", b"\x00" * 100, b"<?xml version='1.0'?><a>"])
def test_what_is_no_letter_gets_a_signed_refusal(shared, data):
    """Evidence for the caller: 422 and a refusal over those bytes."""
    answer = brought(shared, data)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/xml")
    receipt, _ = read_receipt(answer.content)
    assert (receipt.accepted, receipt.sha256) == (False, sha256(data).hexdigest())
    assert receipt.from_node == COMMUNE


def test_a_letter_without_a_good_signature_gets_a_signed_refusal(site, commune):
    """The seal of a stranger is worth nothing."""
    data = signed(letter(DISTRICT), site.pki.stranger, site.pki.at)
    answer = brought(commune, data)
    assert answer.status_code == 422
    assert not read_receipt(answer.content)[0].accepted


def test_the_copy_of_one_of_several_recipients_must_be_named(site, commune):
    """400 and a problem that lists them; with the name it is taken; a false one is refused."""
    text = letter(DISTRICT, CENTRAL)
    data = signed(text, site.pki.agency(COMMUNE), site.pki.at)
    answer = brought(commune, data)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.which-recipient")
    assert str(DISTRICT) in answer.json()["detail"]
    assert brought(commune, data, recipient=str(CENTRAL)).status_code == 200
    assert brought(commune, data, recipient="H53.31").status_code == 200
    assert brought(commune, data, recipient=str(COMMUNE)).status_code == 422


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Digest": ""}, 400, "http.digest"),
        ({"Content-Digest": "sha-256=:AAAA:"}, 400, "http.digest"),
        ({"Content-Digest": "sha-512=:AAAA:"}, 400, "http.digest"),
        ({"Content-Digest": digest_field("00" * 32)}, 400, "http.digest-mismatch"),
        ({"Content-Type": "text/plain"}, 415, "http.media-type"),
        ({"Docexchange-From": str(CENTRAL)}, 403, "http.other-caller"),
        ({"Docexchange-From": "../.."}, 400, "identifier.organ-id"),
    ],
)
def test_what_does_not_make_sense_is_refused_before_it_is_stored(
    shared_site, shared, headers, status, code
):
    """With a problem that says what was expected, and nothing written down."""
    data = letter_from(shared_site.pki, LETTER)
    answer = brought(shared, data, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"]
    assert "expected" in answer.json()["detail"]
    assert shared_site.node.store.inbound_of(LETTER) == []


def test_a_recipient_that_is_no_code_is_refused(shared_site, shared):
    """Whatever somebody tries to say with it."""
    data = letter_from(shared_site.pki, LETTER)
    for odd in ("", "../../etc", "a\r\nSet-Cookie: x", "x" * 100):
        assert brought(shared, data, recipient=odd).status_code == 400


def test_a_long_letter_goes_through_a_file_and_leaves_none(site, commune):
    """3 MiB, sent in pieces without a length."""
    data = letter_from(site.pki, LETTER, size=3 * 1024 * 1024)
    parts = (data[at : at + 65536] for at in range(0, len(data), 65536))
    answer = commune.post("/v1/messages", content=parts, headers=push_headers(data))
    assert answer.status_code == 200
    assert list((site.node.folder / "http" / "spool").iterdir()) == []


def test_the_evidence_can_be_seen_again_by_whom_it_was_given_to(site, commune):
    """Refusals, too; somebody else sees nothing."""
    data = letter_from(site.pki, LETTER)
    receipt = brought(commune, data).content
    shown = commune.get(f"/v1/messages/{LETTER}/receipts").json()["receipts"]
    assert [item["xml"].encode() for item in shown] == [receipt]
    assert (shown[0]["accepted"], shown[0]["recipient"]) == (True, str(DISTRICT))
    assert shown[0]["sha256"] == sha256(data).hexdigest()
    with site.client(site.pki.agency(CENTRAL)) as other:
        assert other.get(f"/v1/messages/{LETTER}/receipts").json() == {"receipts": []}
    assert commune.get("/v1/messages/..%2f..%2fetc/receipts").status_code == 404
    assert commune.get("/v1/messages/1%0d%0aX:/receipts").status_code == 400


def test_a_receipt_that_is_brought_ends_the_delivery(site):
    """Once and again: 204; by somebody else than its issuer: 422."""
    world = site.world
    province = site.pki.agency("province")
    site.node.send(letter(sender=DISTRICT))
    site.node.run_once()
    world["province"].run_once()
    ((_, receipt),) = world.empty("district")
    with site.client(site.pki.agency(COMMUNE)) as other:
        answer = other.post("/v1/receipts", content=receipt, headers=push_headers(receipt))
        assert (answer.status_code, answer.json()["code"]) == (422, "receipt.not-yours")
    assert world.outbound("district") == [OutboundState.AWAITING_RECEIPT]
    with site.client(province) as client:
        for _ in range(2):
            answer = client.post("/v1/receipts", content=receipt, headers=push_headers(receipt))
            assert (answer.status_code, answer.content) == (204, b"")
    assert world.outbound("district") == [OutboundState.ACKNOWLEDGED]


def test_what_is_no_receipt_of_ours_is_refused(site, commune):
    """Not XML, not a receipt, changed, about nothing, too large."""
    data = letter_from(site.pki, MessageId("m-other"))
    receipt = brought(commune, data).content
    for odd in (b"", b"<a/>", data, receipt, receipt.replace(b"true", b"false")):
        answer = commune.post("/v1/receipts", content=odd, headers=push_headers(odd))
        assert answer.status_code == 422, odd[:40]
        assert answer.headers["content-type"] == "application/problem+json"
    huge = b" " * 65537
    answer = commune.post("/v1/receipts", content=io.BytesIO(huge), headers=push_headers(huge))
    assert answer.status_code == 413


# --- several recipients ------------------------------------------------------------------------

ALL = [str(code) for code in (CENTRAL, DISTRICT, PROVINCE)]


@pytest.fixture
def for_three(site):
    """A letter from the commune to the three tiers above it."""
    text = letter(DISTRICT, PROVINCE, CENTRAL)
    return signed(text, site.pki.agency(COMMUNE), site.pki.at)


def told(answer):
    """Recipients and receipts in an answer to a letter for several."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    digest = sha256(answer.content).hexdigest()
    assert content_digest(answer.headers["content-digest"]) == digest
    return {item["recipient"]: item for item in answer.json()["receipts"]}


def test_a_letter_for_several_is_brought_once(site, commune, for_three):
    """A signed receipt for each, one for ourselves and two letters in the queue."""
    found = told(brought(commune, for_three, recipient=ALL))
    assert sorted(found) == sorted(ALL)
    for code, item in found.items():
        receipt, _ = read_receipt(item["xml"].encode())
        assert (str(receipt.recipient), receipt.accepted, item["accepted"]) == (code, True, True)
        assert receipt.sha256 == item["sha256"] == sha256(for_three).hexdigest()
    assert len(site.node.store.inbound_of(LETTER)) == 3
    assert len(site.node.store.outbound_of(LETTER)) == 2


def test_bringing_it_again_for_some_gives_the_same_receipts(commune, for_three):
    """Byte for byte; for one alone in the form that has always been."""
    first = told(brought(commune, for_three, recipient=ALL))
    again = told(brought(commune, for_three, recipient=ALL[:2]))
    assert {code: item["xml"] for code, item in again.items()} == {
        code: first[code]["xml"] for code in ALL[:2]
    }
    alone = brought(commune, for_three, recipient=ALL[2])
    assert alone.headers["content-type"] == "application/xml"
    assert alone.text == first[ALL[2]]["xml"]


def test_each_of_several_fares_in_his_own_way(commune, for_three):
    """A stranger is refused by name, beside those who are accepted."""
    stranger = "000.99.99.Z99"
    found = told(brought(commune, for_three, recipient=[*ALL, stranger]))
    assert {code for code, item in found.items() if item["accepted"]} == set(ALL)
    assert "one of the letter's recipients" in found[stranger]["xml"]


def test_a_forged_letter_for_several_is_refused_to_each(site, commune, for_three):
    """With a signed refusal for each of them."""
    forged = for_three.replace(b"V/v b", b"V/v c")
    found = told(brought(commune, forged, recipient=ALL))
    assert {item["accepted"] for item in found.values()} == {False}
    assert site.node.store.outbound_of(LETTER) == []


@pytest.mark.parametrize(
    "named",
    [
        [ALL[0], ALL[0]],
        [ALL[0], "G22"],
        [ALL[0], ""],
        [ALL[0], "/etc"],
        [f"000.{n // 100:02}.{n % 100:02}.H53" for n in range(501)],
    ],
    ids=["twice", "two spellings", "empty", "no code", "too many"],
)
def test_recipients_that_cannot_be_are_refused_before_the_body(site, commune, for_three, named):
    """400, and nothing is stored."""
    answer = brought(commune, for_three, recipient=named)
    assert answer.status_code == 400
    assert answer.json()["code"]
    assert site.node.store.inbound_of(LETTER) == []


def test_thousands_of_recipients_do_not_get_past_the_head(site, commune, for_three):
    """Refused before anything is read, and the node goes on."""
    named = "&".join(f"recipient=000.{n // 100:02}.{n % 100:02}.H53" for n in range(5000))
    with site.connect(site.pki.agency(COMMUNE)) as connection:
        with suppress(ConnectionError, ssl.SSLEOFError):
            connection.sendall(f"POST /v1/messages?{named} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = response_of(connection)
    assert answer[:10] in (b"HTTP/1.1 4", b"")
    assert told(brought(commune, for_three, recipient=ALL))


def test_overlapping_sets_brought_at_once_are_taken_once(site, for_three):
    """Everybody gets the same receipt for the same recipient."""
    sets = [ALL, ALL[:2], ALL[1:], [ALL[0], ALL[2]]] * 2
    clients = [site.client(site.pki.agency(COMMUNE)) for _ in sets]
    with ThreadPoolExecutor(len(sets)) as pool:
        bring = lambda client, named: told(brought(client, for_three, recipient=named))  # noqa: E731
        answers = list(pool.map(bring, clients, sets))
    for client in clients:
        client.close()
    assert [sorted(answer) for answer in answers] == [sorted(named) for named in sets]
    assert len({item["xml"] for answer in answers for item in answer.values()}) == 3
    assert site.world.history("district").count("received") == 3
