"""Resumable upload in tus 1.0: by tuspy, and by whoever does it wrong."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import timedelta

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, LETTER, letter, signed
from tusclient.client import TusClient
from web_help import Site, letter_from

from docexchange.envelope.receipt import read_receipt
from docexchange.identifiers import MessageId

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def encoded(text):
    """A value of metadata, or of a checksum."""
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def begun(client, data, length=None, **metadata):
    """An upload of so many bytes; gives where it is."""
    told = ",".join(f"{key} {encoded(value)}" for key, value in metadata.items())
    headers = {**TUS, "Upload-Length": str(len(data) if length is None else length)}
    answer = client.post(
        "/v1/uploads", headers=headers | ({"Upload-Metadata": told} if told else {})
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def patched(client, place, data, offset=0, **headers):
    """More bytes."""
    told = {**TUS, "Upload-Offset": str(offset), "Content-Type": BYTES}
    return client.patch(place, content=data, headers={**told, **headers})


def offset_of(client, place):
    """How much is there."""
    answer = client.head(place, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


@pytest.fixture
def commune(site):
    """The commune's connection."""
    with site.client(site.pki.agency(COMMUNE)) as client:
        yield client


@pytest.fixture
def trusted(site, monkeypatch):
    """Tuspy takes its anchors from the environment."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(site.root))


@pytest.fixture
def data(present):
    """A letter of some size."""
    return letter_from(present, LETTER, size=50_000)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("algorithm", [None, "sha1"])
def test_tuspy_uploads_a_letter(site, commune, data, algorithm):
    """A client of other people sends it in pieces, with and without checksums; it is accepted."""
    certificate, key = site.files(site.pki.agency(COMMUNE))
    client = TusClient(site.url("/v1/uploads"), client_cert=(str(certificate), str(key)))
    uploader = client.uploader(
        file_stream=io.BytesIO(data),
        chunk_size=20_000,
        metadata={"recipient": str(DISTRICT), "sha256": hashlib.sha256(data).hexdigest()},
        upload_checksum=algorithm is not None,
    )
    uploader.upload()
    assert uploader.offset == len(data)
    answer = commune.get(uploader.url.removeprefix(site.url()) + "/receipt")
    assert answer.status_code == 200
    receipt, _ = read_receipt(answer.content)
    assert (receipt.accepted, receipt.sha256) == (True, hashlib.sha256(data).hexdigest())
    assert len(site.node.store.inbound_of(LETTER)) == 1


@pytest.mark.usefixtures("trusted")
def test_tuspy_goes_on_after_the_server_was_restarted(site, data):
    """Where it had stopped, with what had arrived."""
    certificate, key = site.files(site.pki.agency(COMMUNE))

    def uploader(stream, **more):
        client = TusClient(site.url("/v1/uploads"), client_cert=(str(certificate), str(key)))
        return client.uploader(file_stream=stream, chunk_size=20_000, **more)

    first = uploader(io.BytesIO(data))
    first.upload_chunk()
    path = first.url.partition("/v1/")[2]
    site.restart()
    second = uploader(io.BytesIO(data), url=site.url("/v1/" + path))
    assert second.offset == 20_000
    second.upload()
    with site.client(site.pki.agency(COMMUNE)) as client:
        assert client.get(f"/v1/{path}/receipt").status_code == 200


def test_what_is_spoken_is_told(commune):
    """Version, extensions, sizes, checksums."""
    answer = commune.options("/v1/uploads")
    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert "creation" in answer.headers["tus-extension"].split(",")
    assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"
    assert int(answer.headers["tus-max-size"]) > 10**9


def test_the_first_bytes_may_come_with_the_beginning(commune, data):
    """And all of them; the receipt is there at once."""
    headers = {**TUS, "Upload-Length": str(len(data)), "Content-Type": BYTES}
    answer = commune.post("/v1/uploads", content=data, headers=headers)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(data)))
    assert commune.get(answer.headers["location"] + "/receipt").status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        (lambda data: (data, {"Upload-Checksum": "sha1 " + encoded(b"\0" * 20)}), 460),
        (lambda data: (data, {"Upload-Checksum": "md5 AAAA"}), 400),
        (lambda data: (data + b"x", {}), 413),
        (lambda data: (data, {"Upload-Metadata": "sha256 " + encoded("0" * 64)}), 400),
    ],
)
def test_a_beginning_whose_bytes_are_refused_leaves_nothing(site, commune, data, changed, status):
    """Nobody is told where it is: it must not fill the quota of its agency."""
    content, more = changed(data)
    headers = {**TUS, "Upload-Length": str(len(data)), "Content-Type": BYTES, **more}
    assert commune.post("/v1/uploads", content=content, headers=headers).status_code == status
    assert list((site.node.folder / "http" / "uploads").iterdir()) == []
    assert site.node.store.messages() == []


def test_what_is_whole_stays_as_it_is(site, commune, data):
    """Finished again, with another length or with more, which is refused: one receipt, the same."""
    place = begun(commune, data)
    assert patched(commune, place, data, **{"Upload-Length": "3"}).status_code == 204
    receipt = commune.get(place + "/receipt").content
    assert patched(commune, place, data).status_code == 409
    answer = patched(commune, place, b"", len(data))
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(data)))
    for more in (b"more", iter([b"m", b"ore"])):
        answer = patched(commune, place, more, len(data))
        assert (answer.status_code, answer.json()["code"]) == (409, "upload.whole")
        assert offset_of(commune, place) == len(data)
    assert commune.get(place + "/receipt").content == receipt
    assert len(site.node.store.inbound_of(LETTER)) == 1
    assert len(site.node.store.receipts(LETTER)) == 1


def test_nothing_is_done_with_what_was_ended(site, commune, data):
    """404 for more, for its offset, its receipt, and ending it again: also when it was whole."""
    for content in (data[:100], data):
        place = begun(commune, data)
        patched(commune, place, content)
        assert commune.delete(place, headers=TUS).status_code == 204
        answers = [
            patched(commune, place, data[100:], 100),
            commune.head(place, headers=TUS),
            commune.get(place + "/receipt"),
            commune.delete(place, headers=TUS),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
    assert len(site.node.store.receipts(LETTER)) == 1


def test_an_upload_belongs_to_the_agency_that_began_it(site, commune, data):
    """For others there is none: not to see, to change, to end, nor its receipt."""
    place = begun(commune, data)
    with site.client(site.pki.agency(CENTRAL)) as other:
        answers = [
            other.head(place, headers=TUS),
            patched(other, place, data),
            other.delete(place, headers=TUS),
            other.get(place + "/receipt"),
        ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert {answer.headers["tus-resumable"] for answer in answers} == {"1.0.0"}
    assert offset_of(commune, place) == 0


def test_more_must_begin_where_it_stopped(commune, data):
    """409 before and behind; then it goes on."""
    place = begun(commune, data)
    assert patched(commune, place, data[:100]).headers["upload-offset"] == "100"
    for wrong in (0, 99, 101, len(data)):
        assert patched(commune, place, data[100:], wrong).status_code == 409
    assert patched(commune, place, data[100:], 100).status_code == 204
    assert commune.get(place + "/receipt").status_code == 200


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_with_a_wrong_checksum_do_not_count(commune, data, algorithm):
    """460, and the offset is as before; right ones are taken; the letter is whole in the end."""
    place = begun(commune, data)
    value = encoded(hashlib.new(algorithm, data[:100]).digest())
    wrong = {"Upload-Checksum": f"{algorithm} {value}"}
    assert patched(commune, place, b"x" * 100, **wrong).status_code == 460
    assert offset_of(commune, place) == 0
    assert patched(commune, place, data[:100], **wrong).status_code == 204
    assert patched(commune, place, data[100:], 100).status_code == 204
    assert commune.get(place + "/receipt").status_code == 200


@pytest.mark.parametrize(
    "value", ["", "sha1", "md5 AAAA", "sha256 AAAA", "sha1 ###", "crc32 AAAAAA=="]
)
def test_a_checksum_that_makes_no_sense_is_refused(shared, data, value):
    """400, before anything is read."""
    place = begun(shared, data)
    answer = patched(shared, place, data, **{"Upload-Checksum": value})
    assert (answer.status_code, answer.json()["code"]) == (400, "upload.checksum")


def test_more_than_was_announced_is_cut_off(commune, data):
    """By its length at once, without one at the byte that is too many."""
    place = begun(commune, data, length=100)
    assert patched(commune, place, data).status_code == 413
    assert patched(commune, place, iter([data])).status_code == 413
    assert offset_of(commune, place) in (0, 100)


def test_what_is_not_the_digest_of_the_metadata_is_not_judged(site, commune, data):
    """400 for the last bytes and for the receipt; nothing is written down."""
    place = begun(commune, data, sha256="0" * 64)
    assert patched(commune, place, data).json()["code"] == "upload.digest"
    assert commune.get(place + "/receipt").status_code == 400
    assert site.node.store.messages() == []


def test_a_letter_that_is_refused_arrived_nevertheless(commune):
    """204 for the last bytes, and a signed refusal."""
    place = begun(commune, b"<letter/>")
    assert patched(commune, place, b"<letter/>").status_code == 204
    answer = commune.get(place + "/receipt")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/xml")
    assert not read_receipt(answer.content)[0].accepted


def test_there_is_no_receipt_before_the_last_byte(commune, data):
    """409."""
    place = begun(commune, data)
    patched(commune, place, data[:-1])
    assert commune.get(place + "/receipt").json()["code"] == "upload.not-whole"


def test_the_copy_of_one_of_several_recipients_must_be_named(site, commune):
    """As with a push."""
    text = letter(DISTRICT, CENTRAL)
    data = signed(text, site.pki.agency(COMMUNE), site.pki.at)
    assert patched(commune, begun(commune, data), data).json()["code"] == "http.which-recipient"
    named = begun(commune, data, recipient=str(CENTRAL))
    assert patched(commune, named, data).status_code == 204


def test_a_letter_that_was_whole_when_the_server_died_is_judged_later(site, commune, data):
    """Killed between the last byte and the verdict: whoever asks for the receipt gets it."""
    place = begun(commune, data, sha256=hashlib.sha256(data).hexdigest())
    patched(commune, place, data[:-1])
    folder = site.node.folder / "http" / "uploads" / place.rpartition("/")[2]
    with (folder / "data").open("ab") as file:
        file.write(data[-1:])
    (folder / "offset").write_text(str(len(data)))
    site.restart()
    with site.client(site.pki.agency(COMMUNE)) as client:
        assert offset_of(client, place) == len(data)
        receipt = client.get(place + "/receipt")
        assert receipt.status_code == 200
        assert patched(client, place, b"", len(data)).status_code == 204
        assert client.get(place + "/receipt").content == receipt.content
    assert not (folder / "data").exists()


def test_bytes_that_were_not_durable_when_the_server_died_do_not_count(site, commune, data):
    """What stands behind the offset is written once more."""
    place = begun(commune, data)
    patched(commune, place, data[:100])
    folder = site.node.folder / "http" / "uploads" / place.rpartition("/")[2]
    with (folder / "data").open("ab") as file:
        file.write(b"\0" * 5000)
    site.restart()
    with site.client(site.pki.agency(COMMUNE)) as client:
        assert offset_of(client, place) == 100
        assert patched(client, place, data[100:], 100).status_code == 204
        assert client.get(place + "/receipt").status_code == 200


def opened(site, place, data, *more):
    """A connection on which the server waits for the bytes of a PATCH."""
    connection = site.connect(site.pki.agency(COMMUNE))
    head = [
        f"PATCH {place} HTTP/1.1",
        "Host: localhost",
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        f"Content-Type: {BYTES}",
        f"Content-Length: {len(data)}",
        "Expect: 100-continue",
        *more,
    ]
    connection.sendall("\r\n".join([*head, "", ""]).encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection


def broken_off(client, place, connection):
    """End a connection, and wait until the server has seen it."""
    connection.unwrap()
    connection.close()
    while patched(client, place, b"", 10**6).status_code == 423:
        pass


def test_what_came_before_the_line_broke_stays(world, data):
    """What had been made durable, and what was read since."""
    with (
        Site(world, {"upload_flush_bytes": 1000}) as site,
        site.client(site.pki.agency(COMMUNE)) as client,
    ):
        place = begun(client, data)
        connection = opened(site, place, data)
        connection.sendall(data[:30_000])
        while offset_of(client, place) < 20_000:
            pass  # the offset grows while the PATCH goes on
        broken_off(client, place, connection)
        offset = offset_of(client, place)
        assert 20_000 <= offset <= 30_000
        assert patched(client, place, data[offset:], offset).status_code == 204
        assert client.get(place + "/receipt").status_code == 200


def test_nothing_stays_of_what_has_a_checksum_and_broke_off(site, commune, data):
    """It could not be checked."""
    place = begun(commune, data)
    checksum = "Upload-Checksum: sha1 " + encoded(hashlib.sha1(data).digest())
    connection = opened(site, place, data, checksum)
    connection.sendall(data[:-1])
    broken_off(commune, place, connection)
    assert offset_of(commune, place) == 0


def test_two_at_once_on_one_upload(site, commune, data):
    """The second is sent away (423) as long as the first one is at it."""
    place = begun(commune, data)
    with opened(site, place, data) as connection:
        answers = [patched(commune, place, data), commune.delete(place, headers=TUS)]
        assert [answer.status_code for answer in answers] == [423, 423]
        connection.sendall(data)
        assert connection.recv(100).startswith(b"HTTP/1.1 204")
    assert commune.get(place + "/receipt").status_code == 200


def test_an_upload_is_forgotten_when_its_time_is_over(site, commune, data):
    """404, and gone from the disk when the next one begins."""
    place = begun(commune, data)
    folder = site.node.folder / "http" / "uploads"
    site.world.clock.advance(timedelta(days=7))
    assert commune.head(place, headers=TUS).status_code == 404
    begun(commune, data)
    assert place.rpartition("/")[2] not in [path.name for path in folder.iterdir()]


def test_an_upload_can_be_ended(site, commune, data):
    """By DELETE, and by a client that cannot say DELETE."""
    for end in (
        lambda place: commune.delete(place, headers=TUS),
        lambda place: commune.post(place, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}),
    ):
        place = begun(commune, data)
        assert end(place).status_code == 204
        assert commune.head(place, headers=TUS).status_code == 404
    assert list((site.node.folder / "http" / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 412),
        ({"Tus-Resumable": "0.2.2"}, 412),
        (TUS, 400),
        ({**TUS, "Upload-Length": "-1"}, 400),
        ({**TUS, "Upload-Length": "1e3"}, 400),
        ({**TUS, "Upload-Length": "9" * 18}, 413),
        ({**TUS, "Upload-Defer-Length": "1"}, 400),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "recipient ###"}, 400),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "a YQ==,a YQ=="}, 400),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "a /w=="}, 400),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "sha256 YQ=="}, 400),
        ({**TUS, "Upload-Length": "1", "Upload-Metadata": "recipient Li4v"}, 400),
    ],
)
def test_a_beginning_that_makes_no_sense_is_refused(shared_site, shared, headers, status):
    """And nothing is begun."""
    folder = shared_site.node.folder / "http" / "uploads"
    before = list(folder.iterdir())
    answer = shared.post("/v1/uploads", headers=headers)
    assert answer.status_code == status
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert list(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2f..%2fstore.db", "A" * 32, "0" * 31, "%00"])
def test_an_id_cannot_lead_elsewhere(shared, name):
    """Whatever stands in the path, there is no such upload."""
    answer = shared.head(f"/v1/uploads/{name}", headers=TUS)
    assert answer.status_code in (404, 405)


def test_nobody_fills_the_disk_with_beginnings(world):
    """507 beyond so many, and beyond so many bytes; others may go on."""
    with Site(world, {"uploads_per_agency": 2, "upload_bytes_per_agency": 1000}) as site:
        with site.client(site.pki.agency(COMMUNE)) as client:
            first = begun(client, b"", 500)
            headers = {**TUS, "Upload-Length": "501"}
            assert client.post("/v1/uploads", headers=headers).json()["code"] == "upload.quota"
            begun(client, b"", 1)
            headers = {**TUS, "Upload-Length": "1"}
            assert client.post("/v1/uploads", headers=headers).status_code == 507
            client.delete(first, headers=TUS)
            begun(client, b"", 1)
        with site.client(site.pki.agency(CENTRAL)) as other:
            begun(other, b"", 1000)


def test_uploads_that_lie_idle_make_room_for_others_of_their_agency(world):
    """The one that lay longest goes, once it has lain a day; nobody else's does."""
    with (
        Site(world, {"uploads_per_agency": 2}) as site,
        site.client(site.pki.agency(COMMUNE)) as client,
        site.client(site.pki.agency(CENTRAL)) as other,
    ):
        full = {**TUS, "Upload-Length": "100"}
        places = [begun(client, b"", 100) for _ in range(2)]
        others = begun(other, b"", 100)
        assert client.post("/v1/uploads", headers=full).status_code == 507
        patched(client, places[0], b"x" * 10)
        world.clock.sleep(23 * 3600)
        assert client.post("/v1/uploads", headers=full).status_code == 507
        world.clock.sleep(3 * 3600)
        third = begun(client, b"", 100)
        states = [client.head(place, headers=TUS).status_code for place in (*places, third)]
        assert states == [200, 404, 200]
        assert other.head(others, headers=TUS).status_code == 200


def test_a_beginning_that_was_cut_short_is_cleared_away(site, commune, data):
    """A folder without its description, or with another's, is no upload after a restart."""
    place = begun(commune, data)
    folder = site.node.folder / "http" / "uploads"
    real = folder / place.rpartition("/")[2]
    (folder / "half").mkdir()
    copy = folder / ("0" * 32)
    copy.mkdir()
    (copy / "info.json").write_bytes((real / "info.json").read_bytes())
    (copy / "offset").write_text("0")
    site.restart()
    assert [path.name for path in folder.iterdir()] == [real.name]
    assert json.loads((real / "info.json").read_text())["owner"] == "H53.31.21"


def test_uploads_of_several_letters_do_not_mix(site, commune):
    """Piece by piece in turns."""
    letters = [letter_from(site.pki, MessageId(f"m-{number}"), size=3000) for number in range(3)]
    places = [begun(commune, data) for data in letters]
    for at in range(0, max(map(len, letters)), 4000):
        for place, data in zip(places, letters, strict=True):
            patched(commune, place, data[at : at + 4000], at)
    found = [commune.get(place + "/receipt") for place in places]
    assert [read_receipt(item.content)[0].sha256 for item in found] == [
        hashlib.sha256(data).hexdigest() for data in letters
    ]


# --- several recipients ------------------------------------------------------------------------


@pytest.fixture
def for_two(site):
    """A letter from the commune to the district and the centre."""
    return signed(letter(DISTRICT, CENTRAL), site.pki.agency(COMMUNE), site.pki.at)


def test_a_letter_for_several_is_uploaded_once(site, commune, for_two):
    """The receipts come as JSON, also after a restart; the letter is here once."""
    both = f"{DISTRICT},{CENTRAL}"
    place = begun(commune, for_two, recipient=str(DISTRICT), recipients=both)
    assert patched(commune, place, for_two).status_code == 204
    answer = commune.get(f"{place}/receipt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    told = {item["recipient"]: item["accepted"] for item in answer.json()["receipts"]}
    assert told == {str(DISTRICT): True, str(CENTRAL): True}
    site.restart()
    with site.client(site.pki.agency(COMMUNE)) as client:
        assert client.get(f"{place}/receipt").json() == answer.json()
    assert len(site.node.store.inbound_of(LETTER)) == 2


@pytest.mark.parametrize("named", [",", f"{DISTRICT},{DISTRICT}", f"{DISTRICT},/etc"])
def test_recipients_that_cannot_be_begin_no_upload(commune, for_two, named):
    """None, the same one twice, or what is no code."""
    headers = {
        **TUS,
        "Upload-Length": str(len(for_two)),
        "Upload-Metadata": f"recipients {encoded(named)}",
    }
    assert commune.post("/v1/uploads", headers=headers).status_code == 400
