"""What every test may ask for: a throw-away PKI, a clock, the corpora, programs to compare with.

A missing program or corpus skips a test on a contributor's machine; in CI (``CI=true``) it fails.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest
from hypothesis.database import DirectoryBasedExampleDatabase

from docexchange.clock import VirtualClock

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

NOW: Final = datetime(2026, 3, 2, 2, 0, 0, tzinfo=UTC)
ROOT: Final = Path(__file__).parents[1]
CORPORA: Final = ROOT.parent / "shared" / "corpora"
IN_CI: Final = os.environ.get("CI") == "true"

# What an office sets for the world outside would stand between the ends of this machine.
for _name in [name for name in os.environ if name.lower().endswith(("_proxy", "_ca_bundle"))]:
    del os.environ[_name]
os.environ["DOCEXCHANGE_LANG"] = "en"  # whatever the system of whoever runs the tests speaks

# A test must not fail for the speed of its machine: no deadline, no complaint of slowness.
_PATIENT = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
# Named, the place where failing examples are kept may also be one that cannot be written to.
_KEPT = DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples")
hypothesis.settings.register_profile("local", max_examples=50, database=_KEPT, **_PATIENT)
hypothesis.settings.register_profile("ci", max_examples=100, derandomize=True, **_PATIENT)
hypothesis.settings.load_profile("ci" if IN_CI else "local")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or in CI fail, the tests whose program or corpus is not here."""
    for marker in item.iter_markers("peer"):
        for program in marker.args:
            if shutil.which(program) is None:
                _miss(f"the program {program} is not installed")
    if item.get_closest_marker("corpora") and not CORPORA.is_dir():
        _miss("the folder shared/corpora is not beside the checkout")


def _miss(reason: str) -> None:
    if IN_CI:
        pytest.fail(f"{reason}; CI must have it", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def pki() -> DemoPki:
    """Four tiers of agencies with P-256 keys, whose present is 2 March 2026, 9:00 in Vietnam."""
    from docexchange.testing import DemoPki

    return DemoPki.create(at=NOW, key="p256")


@pytest.fixture(scope="session")
def pki_folder(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same PKI on disk, to be read only; its password is ``demo``."""
    return pki.write(tmp_path_factory.mktemp("pki") / "demo-pki", "demo")


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that starts at the present of the PKI and moves only when told to."""
    return VirtualClock(NOW)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of cases with known answers; for tests marked ``corpora``."""
    return CORPORA
