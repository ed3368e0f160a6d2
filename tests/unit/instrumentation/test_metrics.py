"""Numbers for Prometheus, read back by its own parser."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import requests
from exchange_help import LETTER, World, letter
from prometheus_client.parser import text_string_to_metric_families

from docexchange.errors import ConfigurationError
from docexchange.instrumentation import Metrics


def numbers(metrics):
    """All samples, by name and labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_letter_on_its_way_is_counted(pki, tmp_path):
    """Events, steps with their outcome, and states; by node, and never by message."""
    world = World(pki, tmp_path)
    metrics = Metrics(clock=world.clock)
    for name in ("commune", "district", "province", "central"):
        world.open(name, hooks=(metrics,))
    world["commune"].send(letter())
    world.run()
    found = numbers(metrics)
    commune, central = "000.21.31.H53", "000.00.00.G22"
    event = (("event", "submit.queued"), ("node", commune))
    assert found["docexchange_events_total", event] == 1
    step = (("node", central), ("outcome", "accepted"), ("step", "receive"))
    assert found["docexchange_step_seconds_count", step] == 1
    step = (("node", central), ("outcome", "taken"), ("step", "hand over"))
    assert found["docexchange_step_seconds_count", step] == 1
    assert str(LETTER) not in metrics.text().decode()
    world.close()


def test_states_are_asked_for_when_they_are_looked_at():
    """The store is asked at each scrape, not at each event."""
    states = {"queued": 3}
    metrics = Metrics()
    metrics.watch("H53", lambda: states)
    key = "docexchange_messages", (("node", "H53"), ("state", "queued"))
    assert numbers(metrics)[key] == 3
    states["queued"] = 5
    assert numbers(metrics)[key] == 5


def test_a_scrape_finds_the_numbers_of_a_running_node(pki, tmp_path):
    """Over plain HTTP, with what the store counts."""
    world = World(pki, tmp_path)
    metrics = Metrics(clock=world.clock)
    metrics.watch("H53", world["commune"].store.counts)
    world["commune"].send(letter())
    with metrics.served("127.0.0.1", 0) as port, requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"http://127.0.0.1:{port}/metrics", timeout=30)
    assert answer.status_code == 200
    assert 'docexchange_messages{node="H53",state="queued"} 1.0' in answer.text
    world.close()


def test_a_port_that_is_taken_is_said():
    """With the section of node.toml."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError) as caught, Metrics().served("127.0.0.1", port):
            pass
    assert caught.value.code == "configuration.metrics"


def test_without_its_package_it_says_what_to_install():
    """In a process where the package cannot be imported."""
    program = (
        "import sys; sys.modules['prometheus_client'] = sys.modules['opentelemetry'] = None\n"
        "from docexchange.errors import MissingExtra\n"
        "from docexchange.instrumentation import Metrics, Tracing\n"
        "for kind in (Metrics, Tracing):\n"
        "    try: kind()\n"
        "    except MissingExtra as error: print(error.code, error.advice)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.splitlines() == [
        "metrics.extra Install it: pip install 'docexchange[metrics]'.",
        "tracing.extra Install it: pip install 'docexchange[tracing]'.",
    ]
