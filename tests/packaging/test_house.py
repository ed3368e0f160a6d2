"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "docexchange").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("time", "monotonic_ns"),
    ("time", "sleep"),
}


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _is_public(path: Path) -> bool:
    names = [part for part in path.relative_to(ROOT).parts if part != "__init__.py"]
    return not any(name.startswith("_") for name in names)


def _is_text_only(path: Path) -> bool:
    """Whether a module is nothing but a docstring that introduces a package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return all(isinstance(node, ast.Expr) for node in tree.body)


@pytest.mark.parametrize("path", TESTS, ids=_place)
def test_every_test_says_what_it_proves(path: Path) -> None:
    """Each test function has a docstring: one sentence, stating a fact."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        f"{_place(path)}:{node.lineno} {node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_test_file_has_its_own_place() -> None:
    """Unit tests lie where the module they test lies: ``tests/unit`` mirrors the package."""
    rooms = {path.name for path in (ROOT / "docexchange").iterdir() if path.is_dir()}
    strangers = {path.name for path in (ROOT / "tests" / "unit").iterdir() if path.is_dir()}
    assert strangers - rooms - {"__pycache__"} == set()


@pytest.mark.parametrize("path", MODULES, ids=_place)
def test_no_module_is_longer_than_400_lines(path: Path) -> None:
    """A module that outgrows a reader's patience is two modules."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", list(filter(_is_public, MODULES)), ids=_place)
def test_public_modules_declare_what_they_offer(path: Path) -> None:
    """``__all__`` is there, names each thing once, and each thing exists (ruff sorts it)."""
    module = importlib.import_module(_dotted(path))
    offered = [] if _is_text_only(path) else module.__all__
    assert len(set(offered)) == len(offered)
    assert [name for name in offered if not hasattr(module, name)] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "clock.py"], ids=_place)
def test_only_the_clock_asks_for_the_time(path: Path) -> None:
    """Everyone else is told it, so that tests and the simulator decide the time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [
        f"{_place(path)}:{node.lineno} {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and tuple(ast.unparse(node).split(".")[-2:]) in CLOCKS
    ]
    assert asked == []
