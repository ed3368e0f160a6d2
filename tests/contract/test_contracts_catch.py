"""The contracts find what is broken: transports, stores and directories that break one promise.

Each defect names the promise whose test must fail; the sound ones that they are made from pass all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest
from lxml import etree

from docexchange.testing import contracts

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
BROKEN = {
    "transport": "broken_transports",
    "store": "broken_stores",
    "directory": "broken_directories",
}
"""Where they are."""
NO_DEFECT = {
    "transport": set(),
    "directory": set(),
    "store": {  # their neighbours have defects
        "test_a_document_takes_the_place_of_its_number",
        "test_a_new_store_is_empty",
        "test_an_empty_apply_is_nothing",
    },
}
"""Promises that no planted defect is about."""


def failures(report: Path, *tests: str) -> dict[str, set[str]]:
    """Run tests of broken things in a process of its own: which failed, by class."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout",
         "--tb=no", f"--junitxml={report}", f"--basetemp={report.parent / 'base'}", *tests],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    found: defaultdict[str, set[str]] = defaultdict(set)
    for case in etree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            found[case.get("classname").split(".")[-1]].add(case.get("name").split("[")[0])
    return found


def planted(what: str) -> dict[str, str]:
    """The promise that each broken thing breaks, by its class."""
    held = vars(import_module(f"contract.{BROKEN[what]}"))
    return {name: kind.breaks for name, kind in held.items() if name.startswith("Test")}


@pytest.mark.parametrize("what", BROKEN)
def test_each_defect_fails_the_promise_that_it_breaks(what, tmp_path):
    """Each is found by the test that names it."""
    tests = [f"{FOLDER / BROKEN[what]}.py::{name}::{test}" for name, test in planted(what).items()]
    found = failures(tmp_path / "report.xml", *tests)
    assert {name: {promise} for name, promise in planted(what).items()} == found


@pytest.mark.soak
@pytest.mark.parametrize("what", BROKEN)
def test_every_promise_can_be_broken(what, tmp_path):
    """Every test of a contract has failed at least once, so none is an empty word."""
    found = failures(tmp_path / "report.xml", f"{FOLDER / BROKEN[what]}.py")
    contract = getattr(contracts, f"{what.title()}Contract")
    promises = {item for item in dir(contract) if item.startswith("test_")}
    assert promises - set().union(*found.values()) <= NO_DEFECT[what]


@pytest.mark.parametrize("contract", [getattr(contracts, name) for name in contracts.__all__[:3]])
def test_each_promise_is_told(contract):
    """The docstring of every test of a contract says what is promised."""
    promises = [getattr(contract, item) for item in dir(contract) if item.startswith("test_")]
    assert promises
    assert [item.__name__ for item in promises if not item.__doc__] == []


def test_only_the_contracts_need_pytest():
    """``import docexchange.testing`` does not load it."""
    script = "import docexchange.testing, sys; print('pytest' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
