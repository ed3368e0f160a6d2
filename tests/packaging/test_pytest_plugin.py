"""The plugin of pytest, as a developer of a document system uses it: in test files of their own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
DEAD_PROVINCE = """
import pytest

@pytest.mark.docexchange(tiers=(1, 3, 9, 27), seed=7)
def test_dead_province(network, letters):
    commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1, n=0)
    with network.faults.down(network.hub_of(commune), minutes=90):
        delivery = commune.send(letters.plain(to=ministry))
        network.run(minutes=30)
        assert len(ministry.inbox) == 0
    network.run_until_quiet(limit_hours=6)
    assert len(ministry.inbox) == 1 and [hop.tier for hop in delivery.trace] == [4, 3, 2, 1]
    network.check_invariants()
"""
SMALL = """
import pytest

pytestmark = pytest.mark.docexchange(tiers=(1, 2), seed=3)

def send(network, letters):
    network.agency(tier=2, n=1).send(letters.plain(to=network.agency(tier=1)))
"""
CLOCKS = """
def test_with(network, letters, clock, agency):
    send(network, letters)
    clock.sleep(3600)
    assert clock.now() == network.now
    assert len(agency(tier=1, n=0).inbox) == 1

@pytest.mark.docexchange()
def test_without(clock):
    before = clock.now()
    clock.sleep(60)
    assert (clock.now() - before).total_seconds() == 60
"""
FAULTS = """
from docexchange.simulator import Fault, FaultKind

@pytest.mark.docexchange(faults=[Fault(FaultKind.DOWN, ((1, 0),), minutes=60)])
def test_faults(network, letters):
    send(network, letters)
    network.run(minutes=59)
    assert not network.agency(tier=1).inbox
    network.run_until_quiet()
    assert network.agency(tier=1).inbox and network.seed == 3
"""
STAND_IN = """
from docexchange.testing.standin import LinkFault, LinkState, SampleOrder

def test_a_link_fails(stand_in):
    commune, central = stand_in.agency("commune"), stand_in.agency("central")
    stand_in.set_link("district", "province", LinkFault(state=LinkState.DOWN))
    sent = stand_in.send(SampleOrder(sender=commune, to=(central,)))
    stand_in.set_link("district", "province", LinkFault())
    assert stand_in.letter("central", sent.message_id, wait_seconds=30)

def test_the_next_test_finds_nothing(stand_in):
    assert stand_in.letters("central") == []
"""
SERVICES = """
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as x509_ocsp

from docexchange.signing import TsaClient
from docexchange.transport import HttpPoster

def test_timestamps(tsa, clock):
    client = TsaClient((tsa.url,), poster=HttpPoster())
    assert client.stamp(b"what was signed", at=clock.now())
    with tsa.down():
        assert requests.post(tsa.url, data=b"", timeout=5).status_code == 503
    assert tsa.asked == 2

def test_ocsp(ocsp, pki):
    seal, issuer = pki.agency("commune").certificate, pki.sub_ca.credential.certificate
    question = x509_ocsp.OCSPRequestBuilder().add_certificate(seal, issuer, hashes.SHA256())
    octets = question.build().public_bytes(Encoding.DER)
    def status():
        answer = requests.post(ocsp.url, data=octets, timeout=5).content
        return x509_ocsp.load_der_ocsp_response(answer).certificate_status.name
    assert status() == "GOOD"
    ocsp.revoke(seal)
    assert status() == "REVOKED"
"""
PLUGIN = ("-p", "no:docexchange", "-p", "docexchange.pytest_plugin")
"""Once, whether the checkout or an installed distribution brings it."""


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests in which no plugin is loaded but those that are named."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return pytester


def run(session: pytest.Pytester, code: str, *arguments: str) -> pytest.RunResult:
    """Run a file of tests in a process of its own."""
    session.makepyfile(code)
    return session.runpytest_subprocess(*PLUGIN, *arguments)


def refused(session: pytest.Pytester, code: str, *arguments: str) -> pytest.RunResult:
    """The same in this process, where nothing of docexchange comes to be loaded."""
    session.makepyfile(code)
    return session.runpytest_inprocess(*PLUGIN, *arguments)


def test_what_a_developer_writes_passes(session):
    """The first test of the tutorial, clocks, faults of a mark, a timestamp and an OCSP answer."""
    session.makepyfile(test_dead_province=DEAD_PROVINCE, test_services=SERVICES)
    run(session, SMALL + CLOCKS + FAULTS, "--strict-markers").assert_outcomes(passed=6)


def test_a_network_over_sockets_is_there_for_other_systems(session):
    """One for the session, as new for each test."""
    run(session, STAND_IN, "-p", "no:randomly").assert_outcomes(passed=2)


def test_a_failure_tells_the_seed_and_the_way_of_the_letter(session):
    """What did not arrive is shown with what every node noted; what is in order is not."""
    body = """
def test_bad(network, letters):
    send(network, letters)
    with network.faults.down(network.agency(tier=1), minutes=90):
        network.run(minutes=5)
        assert False

def test_good(network, letters):
    send(network, letters)
"""
    told = run(session, SMALL + body, "-rA")
    told.assert_outcomes(failed=1, passed=1)
    told.stdout.fnmatch_lines(
        ["*- docexchange -*", "seed=3 tiers=(1, 2)*", "1 letters, 1 of them*"]
    )
    told.stdout.fnmatch_lines(["What went wrong:", "down of G22, from minute 0 on, for 5 minutes"])
    told.stdout.fnmatch_lines(["*submitted*recipient=*", "What happened last:", "*submit.queued*"])
    assert str(told.stdout).count("What happened last") == 1


def test_seeds_multiply_the_tests_that_have_a_network(session):
    """From the seed of the mark on; other tests run once."""
    body = """
def test_it(network):
    assert network.seed in (3, 4, 5)

def test_other():
    pass
"""
    told = run(session, SMALL + body, "--docexchange-seeds", "3", "-v")
    told.assert_outcomes(passed=4)
    told.stdout.fnmatch_lines(["*test_it?seed=3?*", "*test_it?seed=4?*", "*test_it?seed=5?*"])


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_a_number_of_seeds_is_a_number(session, count):
    """Everything else ends the session with one line."""
    told = refused(session, DEAD_PROVINCE, f"--docexchange-seeds={count}")
    assert told.ret == pytest.ExitCode.USAGE_ERROR
    told.stderr.fnmatch_lines([f"*--docexchange-seeds: expected 1 or more, found '{count}'"])


@pytest.mark.parametrize("words", ["tier=(1, 2)", "(1, 2)", "seeds=3"])
def test_a_misspelt_mark_is_refused(session, words):
    """It is not taken for the network that is usual."""
    code = f"import pytest\n\n@pytest.mark.docexchange({words})\ndef test_it(network): pass\n"
    told = refused(session, code)
    told.assert_outcomes(errors=1)
    told.stdout.fnmatch_lines(["*expected faults, seed, setting, tiers by name, found*"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("tiers=3", "tiers=(1, 3, 9, 27), found tiers=3"),
        ("seed='x'", "seed=7, found seed='x'"),
        ("faults=['down']", "faults=(Fault(...), ...), found faults='down'"),
        ("setting={'x': 1}", "setting=Setting(...), found setting={'x': 1}"),
    ],
)
def test_a_mark_that_says_something_of_another_kind_is_refused(session, words, told):
    """With the form that was expected, and the test it stands at."""
    code = f"import pytest\n\n@pytest.mark.docexchange({words})\ndef test_it(network): pass\n"
    ran = refused(session, code)
    ran.assert_outcomes(errors=1)
    assert f"::test_it: mark docexchange: expected {told}" in ran.stdout.str()


def test_order_and_processes_change_nothing(session, monkeypatch):
    """With xdist and in any order, a test has the same history, byte for byte."""
    body = """
@pytest.mark.parametrize("n", range(4))
def test_it(network, letters, n):
    from pathlib import Path
    network.faults.loss(0.3)
    send(network, letters)
    network.run_until_quiet()
    with Path(f"digests-{n}.txt").open("a") as file:
        print(network.log.digest, file=file)
"""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    session.makepyfile(SMALL + body)
    for more in (["-n", "2"], ["-p", "no:xdist"]):
        session.runpytest_subprocess(*PLUGIN, *more).assert_outcomes(passed=4)
    written = (file.read_text() for file in session.path.glob("digests-*"))
    digests = "".join(written).split()
    assert len(digests) == 8
    assert len(set(digests)) == 1


def test_a_session_that_does_not_use_it_pays_nothing():
    """Importing the plugin imports nothing of docexchange, and nothing heavy."""
    code = (
        "import sys, pytest; before = set(sys.modules); import docexchange.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         cwd=ROOT)  # fmt: skip
    added = {name for name in ran.stdout.split() if not name.startswith("_")}
    assert {name for name in added if name.startswith("docexchange")} <= {
        *("docexchange", "docexchange._facade", "docexchange.pytest_plugin"),
    }
    assert len(added) < 10, added


MEASURED = """
import contextlib, io, sys, time, pytest

def seconds(*plugins):
    for name in [name for name in sys.modules if name.partition(".")[0] == "docexchange"]:
        del sys.modules[name]
    begin = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        assert pytest.main(["-q", "-p", "no:cacheprovider", *plugins, sys.argv[1]]) == 0
    return time.process_time() - begin

runs = [(seconds(), seconds("-p", "docexchange.pytest_plugin")) for _ in range(6)]
print(min(used for _, used in runs) - min(plain for plain, _ in runs))
print(*(name for name in sys.modules if name.startswith("docexchange.")))
"""


def test_a_session_that_does_not_use_it_is_hardly_longer(tmp_path):
    """Less than 50 ms of processor time, from its import to its last line; nothing comes along."""
    tests = tmp_path / "test_plain.py"
    tests.write_text("def test_it(): pass\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, tests],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, _, loaded = ran.stdout.partition("\n")
    assert float(seconds) < 0.05
    assert set(loaded.split()) == {"docexchange._facade", "docexchange.pytest_plugin"}


def test_pytest_finds_it():
    """The distribution names it among the plugins of pytest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"docexchange": "docexchange.pytest_plugin"}


def test_the_tutorial_works(session):
    """Every block of it, in its order, in a folder with nothing else: pytest passes each time."""
    page = (ROOT / "docs/tutorial/test-your-integration.md").read_text(encoding="utf-8")
    ran = 0
    for language, block in re.findall(
        r"^```(python|sh)\n(.*?)^```", page, re.MULTILINE | re.DOTALL
    ):
        if language == "python":
            named = re.match(r"# (\S+\.py)\n", block)
            (session.path / (named[1] if named else "test_exchange.py")).write_text(block)
            continue
        program, *arguments = shlex.split(block)
        assert program == "pytest"
        session.runpytest_subprocess(*PLUGIN, *arguments).assert_outcomes(passed=(1, 2, 40)[ran])
        ran += 1
    assert ran == 3


def test_the_first_test_is_the_same_everywhere():
    """That of the tutorial is the one that is tried here."""
    page = (ROOT / "docs/tutorial/test-your-integration.md").read_text(encoding="utf-8")
    assert DEAD_PROVINCE.partition("@")[2] in page


def test_the_suite_of_a_django_project_passes(session):
    """The example: its registry takes letters through crashes, dead lines and a dead database."""
    folder = ROOT / "examples" / "embedded_django"
    ran = session.run(sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider", "-c",
                      "/dev/null", "--rootdir", folder, folder / "tests")  # fmt: skip
    ran.assert_outcomes(passed=5)
