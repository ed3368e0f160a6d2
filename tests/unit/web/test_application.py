"""The application called directly: what a node cannot do now, and what nobody expected."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import httpx
import pytest
from exchange_help import COMMUNE, DISTRICT, LETTER, NOW, World, letter, signed, trust_in
from fastapi import FastAPI
from web_help import on_disk, push_headers, shown

from docexchange.clock import VirtualClock
from docexchange.errors import ConfigurationError, MissingExtra, StoreFailure
from docexchange.node.opening.lock import NodeLock
from docexchange.node.serving.door import NodeDoor
from docexchange.testing import run_measured
from docexchange.transport import PullBoxes
from docexchange.web import Callers, WebLimits
from docexchange.web.application import application
from docexchange.web.desk import Desk


@pytest.fixture
def world(pki, tmp_path):
    """Four nodes with stores on disk."""
    world = on_disk(World(pki, tmp_path, clock=VirtualClock(NOW)))
    yield world
    world.close()


def asked(app, pki, *requests):
    """Answers to some requests of the commune, one after the other."""

    async def ask():
        transport = httpx.ASGITransport(shown(app, pki.agency(COMMUNE)), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            return [await client.request(method, path, **more) for method, path, more in requests]

    return asyncio.run(ask())


def pushed(data):
    """A letter that is brought."""
    return "POST", "/v1/messages", {"content": data, "headers": push_headers(data)}


READY = ("GET", "/v1/ready", {})


def desk_with(node, trust):
    """A desk that knows other revocation lists than the node behind it."""
    point, limits = node.point, WebLimits()
    return Desk(
        door=NodeDoor(node, folder=node.folder, free_bytes=1),
        callers=Callers(trust=trust, directory=point.in_force, clock=point.clock),
        clock=point.clock,
        limits=limits,
        folder=node.folder / "http",
    )


def test_a_letter_that_cannot_be_judged_now_stays_its_senders(world, pki):
    """202 while our revocation lists are out of date, for pushes and for uploads; then 200."""
    world.trust = trust_in(pki, NOW - timedelta(days=90))
    data, node = signed(letter(), pki.agency(COMMUNE)), world["district"]
    app = application(desk_with(node, trust_in(pki)), PullBoxes(node.folder / "boxes"))
    begin = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data))}
    begin |= {"Content-Type": "application/offset+octet-stream"}
    answer, upload = asked(
        app, pki, pushed(data), ("POST", "/v1/uploads", {"content": data, "headers": begin})
    )
    assert (answer.status_code, answer.content, answer.headers["retry-after"]) == (202, b"", "60")
    receipt = ("GET", upload.headers["location"] + "/receipt", {})
    assert asked(app, pki, receipt)[0].status_code == 202
    assert node.store.inbound_of(LETTER) == []
    world.trust = None
    again = world.restart("district").asgi()
    answers = asked(again, pki, receipt, pushed(data))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


def test_trouble_of_the_store_is_no_fault_of_the_letter(world, pki):
    """503 with the code and without a path; the node is not ready."""
    data, node = signed(letter(), pki.agency(COMMUNE)), world["district"]
    app = node.asgi()
    node.store.close()
    answer, ready = asked(app, pki, pushed(data), READY)
    assert (answer.status_code, answer.json()["code"]) == (503, "store.closed")
    assert str(world.folder) not in answer.text
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "reasons": ["store.closed"]})


def test_a_disk_that_is_nearly_full_is_not_ready(world, pki):
    """Before it is too late."""
    app = world["district"].asgi(WebLimits(free_bytes=2**62))
    (answer,) = asked(app, pki, READY)
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["store.full"])
    assert answer.headers["retry-after"]


def test_strangers_do_not_keep_the_disk_busy(world, pki):
    """Within a second the same answer is given again."""
    node = world["district"]
    app = node.asgi()
    assert asked(app, pki, READY)[0].status_code == 200
    node.store.close()
    assert asked(app, pki, READY)[0].status_code == 200
    world.clock.sleep(1)
    assert asked(app, pki, READY)[0].status_code == 503


def test_what_nobody_expected_is_logged_and_not_shown(world, pki, caplog):
    """500 without a word about its inside."""
    data, node = signed(letter(), pki.agency(COMMUNE)), world["district"]
    app = node.asgi()
    node._working._receiving = None
    (answer,) = asked(app, pki, pushed(data))
    assert (answer.status_code, answer.json()["code"]) == (500, "http.internal")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "NoneType" not in answer.text
    assert "NoneType" in caplog.text


def test_a_disk_that_fails_under_a_body_is_no_fault_of_the_caller(world, pki):
    """503, and the path is nobody's business."""
    node = world["district"]
    app = node.asgi(WebLimits(memory_bytes=10))
    (node.folder / "http" / "spool").rmdir()
    (answer,) = asked(app, pki, pushed(b"x" * 100))
    assert (answer.status_code, answer.json()["code"]) == (503, "store.failure")
    assert str(world.folder) not in answer.text


def test_what_a_crash_left_in_the_spool_is_removed(world):
    """When the next application is made."""
    node = world["district"]
    node.asgi()
    spool = node.folder / "http" / "spool"
    (spool / "left").write_bytes(b"x")
    node.asgi()
    assert list(spool.iterdir()) == []


def test_without_the_extra_it_is_named(world, monkeypatch):
    """And nothing is set up."""
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(MissingExtra) as caught:
        world["district"].asgi()
    assert "docexchange[server]" in caught.value.advice


@pytest.mark.parametrize("name", ["requests", "body_window_seconds", "rate_per_second"])
def test_limits_that_let_nothing_through_are_refused(name):
    """Zero and less."""
    for number in (0, -1):
        with pytest.raises(ConfigurationError, match=name):
            WebLimits(**{name: number})


_SCRIPT = """
import asyncio, hashlib, sys
sys.path[:0] = [{root!r}, {tests!r}]
from exchange_help import *
from fastapi import FastAPI
from web_help import on_disk, push_headers, shown
from docexchange.testing import DemoPki
from pathlib import Path
pki = DemoPki.create(at=NOW, key="p256")
world = on_disk(World(pki, Path({folder!r})))
app = shown(world["district"].asgi(), pki.agency(COMMUNE))
piece, count, digest = b"x" * 65536, {count}, hashlib.sha256()
for _ in range(count):
    digest.update(piece)
from docexchange.web.fields import digest_field
fields = dict(push_headers(b""), **{{"Content-Digest": digest_field(digest.hexdigest())}})
left, answers = [count], []
async def receive():
    left[0] -= 1
    return {{"type": "http.request", "body": piece, "more_body": left[0] > 0}}
async def send(message):
    answers.append(message)
headers = [(key.lower().encode(), value.encode()) for key, value in fields.items()]
scope = {{"type": "http", "method": "POST", "path": "/v1/messages", "raw_path": b"/v1/messages",
         "query_string": b"",
         "headers": [*headers, (b"host", b"node"), (b"transfer-encoding", b"chunked")],
         "http_version": "1.1", "scheme": "https", "server": None, "client": None, "root_path": ""}}
asyncio.run(app(scope, receive, send))
print(answers[0]["status"])
world.close()
"""


def test_a_body_is_not_read_into_memory(tmp_path):
    """128 MiB need little more than 1 MiB: what pieces and buffers take, which varies."""
    peaks = []
    for count in (16, 2048):
        folder = tmp_path / str(count)
        folder.mkdir()
        root = __file__.rpartition("/tests/")[0]
        script = _SCRIPT.format(root=root, tests=f"{root}/tests", folder=str(folder), count=count)
        done = run_measured([sys.executable, "-c", script])
        assert (done.stdout, done.returncode) == (b"422\n", 0), done.stderr
        peaks.append(done.peak_bytes)
    assert peaks[1] - peaks[0] < 24 * 1024 * 1024


def test_an_application_that_is_mounted_keeps_the_store_as_long_as_its_lifespan(world, pki):
    """Frameworks run the outermost lifespan alone: within it others find the store in use."""

    async def mounted():
        outer = FastAPI()
        inner = world["district"].asgi()
        outer.mount("/", inner)
        async with inner.lifespan():
            with pytest.raises(StoreFailure) as refused, NodeLock(world["district"].folder):
                pytest.fail("two at work on one store")
            transport = httpx.ASGITransport(shown(outer, pki.agency(COMMUNE)))
            async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
                _, path, more = pushed(signed(letter(DISTRICT), pki.agency(COMMUNE)))
                answer = await client.post(path, **more)
        return refused.value.code, answer.status_code

    assert asyncio.run(mounted()) == ("store.in-use", 200)
    with NodeLock(world["district"].folder):
        assert world["district"].store.inbound_of(LETTER)
