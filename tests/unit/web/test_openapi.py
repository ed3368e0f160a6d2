"""The OpenAPI document: true to the routes and to the page, and held to by schemathesis."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import schemathesis
import schemathesis.engine
import schemathesis_hooks  # noqa: F401  registers what it says
from exchange_help import COMMUNE
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from web_help import Site, shown

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "http.md"
CONFIG = ROOT / "tests" / "schemathesis.toml"
_CALL = re.compile(r"`(GET|HEAD|POST|PATCH|DELETE|OPTIONS) (/v1/[^`?]*)[^`]*`")


@pytest.fixture
def document(shared):
    """As everybody may ask for it."""
    return shared.get("/v1/openapi.json").json()


def test_the_document_and_the_page_tell_the_same_calls(document):
    """Method by method."""
    told = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert told == set(_CALL.findall(PAGE.read_text(encoding="utf-8")))
    assert document["openapi"].startswith("3.1")


def test_every_call_tells_its_refusals(document):
    """Problems for all that need a certificate; nothing that the framework made up."""
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            answers = set(call["responses"])
            assert call["summary"].endswith((".", "?"))
            assert "500" in answers
            assert call["security"] == [] or {"400", "401", "403", "429", "503"} <= answers
            assert "HTTPValidationError" not in str(call), (method, path)
            for status, answer in call["responses"].items():
                problem = "application/problem+json" in answer.get("content", {})
                evidence = status == "422" and "application/xml" in answer.get("content", {})
                reasons = status == "503" and path == "/v1/ready"
                assert problem == (int(status) >= 400 and not evidence and not reasons)


def test_a_method_that_a_path_does_not_have_is_told_all_that_it_has(shared):
    """405 with every method of the path."""
    answer = shared.put("/v1/uploads/" + "0" * 32)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, HEAD, PATCH"
    assert answer.json()["code"] == "http.405"


def test_schemathesis_finds_nothing_in_the_application(world):
    """Called directly, as the commune: every kind of request that it can think of."""
    app = shown(world["district"].asgi(), world.pki.agency(COMMUNE))
    config = schemathesis.Config.from_path(CONFIG)
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app, config=config)
    failures, cases = [], 0
    for event in schemathesis.engine.from_schema(schema).execute():
        if isinstance(event, NonFatalError | FatalError):
            failures.append(str(event.info if isinstance(event, NonFatalError) else event))
        if isinstance(event, ScenarioFinished):
            cases += len(event.recorder.cases)
            failures += [
                f"{event.label}: {check.name}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.status is not schemathesis.engine.Status.SUCCESS
            ]
    assert failures == []
    assert cases > 100


def test_schemathesis_finds_nothing_over_a_real_connection(site: Site, tmp_path):
    """Its own program, through mutual TLS and uvicorn."""
    certificate, key = site.files(site.pki.agency(COMMUNE))
    both = tmp_path / "client.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    program = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [
            program,
            "--config-file",
            CONFIG,
            "run",
            site.url("/v1/openapi.json"),
            "--request-cert",
            both,
            "--tls-verify",
            site.root,
            "--phases",
            "examples,fuzzing",
            "--max-examples",
            "3",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
