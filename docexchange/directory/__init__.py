"""WHERE an agency is reached: entries with validity dates, superiors, certificates, endpoints.

::

    from docexchange.directory import read_directory

    directory = read_directory("agencies.toml")
"""

from __future__ import annotations

from docexchange.directory.binding import (
    IN_FLIGHT_DAYS,
    Binding,
    BindingOutcome,
    binding_of,
    signer_matches,
)
from docexchange.directory.check import DirectoryFinding, check
from docexchange.directory.csv_file import parse_csv
from docexchange.directory.directory import Directory
from docexchange.directory.entry import DirectoryEntry, parse_fingerprint
from docexchange.directory.reading import read_directory, read_entries
from docexchange.directory.toml_file import parse_toml, write_toml

__all__ = [
    "IN_FLIGHT_DAYS",
    "Binding",
    "BindingOutcome",
    "Directory",
    "DirectoryEntry",
    "DirectoryFinding",
    "binding_of",
    "check",
    "parse_csv",
    "parse_fingerprint",
    "parse_toml",
    "read_directory",
    "read_entries",
    "signer_matches",
    "write_toml",
]
