"""Where the reports of ETSI go: one to a file or to standard output, those on many into a folder.

A folder of reports mirrors what was verified: ``received/a/x.edxml`` has its report in
``reports/a/x.edxml.report.xml``; where several things are named, those of a folder lie in one of
its name. All of it is decided, and refused, before anything is verified.

>>> reports = reports_for(Out(path="reports/", force=False), found, as_json=False)
>>> reports.write("received/a/x.edxml", etsi_xml(report))
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.cli._writing import check_free, make_folder, write_out
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docexchange.cli._many import Found
    from docexchange.cli._writing import Out

__all__ = ["Reports", "reports_for"]

_SUFFIX: Final = ".report.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Where the report on each file goes."""

    targets: Mapping[str, str]
    """A file, or ``-`` for standard output, by the name of what was verified; empty for none."""
    in_folder: bool = False
    """Whether they lie in a folder, below which folders are made."""
    force: bool
    """Whether files there may be replaced."""

    @property
    def wanted(self) -> bool:
        """Whether there are to be any."""
        return bool(self.targets)

    @property
    def on_stdout(self) -> bool:
        """Whether standard output belongs to the report."""
        return "-" in self.targets.values()

    def write(self, name: str, report: bytes) -> None:
        """Write the report on one file.

        Args:
            name: what was verified.
            report: as XML.

        Raises:
            UsageError: its place cannot be written to.
        """
        target = self.targets[name]
        if self.in_folder:
            make_folder(Path(target).parent, option="--etsi")
        write_out([report], target, force=self.force)


def reports_for(out: Out, found: Found, *, as_json: bool) -> Reports:
    """Decide where the report on each file goes.

    Args:
        out: what the user named: a file, a folder, standard output, or nothing.
        found: what is to be verified.
        as_json: whether an answer in JSON goes to standard output too.

    Raises:
        UsageError: one of them cannot go there; better told before any work is done.
    """
    if out.path is None:
        return Reports(targets={}, force=out.force)
    many = found.many or out.path.endswith("/") or Path(out.path).is_dir()
    if out.path == "-":
        _check_stdout(many=many, as_json=as_json)
    targets = _in_folder(out.path, found) if many else {found.names[0]: out.path}
    for target in targets.values():
        check_free(target, force=out.force, option="--etsi")
    if many:
        make_folder(Path(out.path), option="--etsi")
    return Reports(targets=targets, in_folder=many, force=out.force)


def _check_stdout(*, many: bool, as_json: bool) -> None:
    if many:
        raise UsageError(
            "--etsi: expected a folder for the reports on several files, found standard output",
            code="usage.etsi",
            advice="Name a folder, such as reports/.",
        )
    if as_json:
        raise UsageError(
            "--etsi: expected one answer on standard output, found --json too",
            code="usage.etsi",
            advice="Name a file with --etsi.",
        )


def _in_folder(folder: str, found: Found) -> dict[str, str]:
    if Path(folder).exists() and not Path(folder).is_dir():
        raise UsageError(
            f"{folder}: expected a folder for the reports on several files, found a file",
            code="usage.etsi",
            advice="Name a folder with --etsi; it is made where there is none.",
        )
    targets: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, place in zip(found.names, found.places, strict=True):
        target = str(Path(folder, f"{place}{_SUFFIX}"))
        if target in names:
            raise UsageError(
                f"{target}: expected the report on one file, found two that belong there: "
                f"{names[target]} and {name}",
                code="usage.etsi",
                advice="Verify them one after the other, each into a folder of its own.",
            )
        names[target], targets[name] = name, target
    return targets
