"""WHERE an agency is reached: entries with validity dates, superiors, certificates, endpoints.

::

    from docexchange.directory import read_directory

    directory = read_directory("agencies.toml")
"""

from __future__ import annotations

from docexchange.directory._fields import plain_fields
from docexchange.directory.binding import (
    IN_FLIGHT_DAYS,
    Binding,
    BindingOutcome,
    binding_of,
    holders_in_flight,
    matches_in_flight,
    signer_matches,
)
from docexchange.directory.check import DirectoryFinding, check
from docexchange.directory.comparison import EntryDifference, changed_fields, compare
from docexchange.directory.csv_file import parse_csv, write_csv
from docexchange.directory.directory import Directory
from docexchange.directory.entry import DirectoryEntry, parse_fingerprint
from docexchange.directory.history import Change, ChangeKind
from docexchange.directory.in_force import InForce
from docexchange.directory.reading import read_directory, read_entries
from docexchange.directory.reform import close, merge, revise, split
from docexchange.directory.shipped import (
    LegalChange,
    shipped_changes,
    shipped_directory,
    shipped_tiers,
)
from docexchange.directory.survey import Survey, survey
from docexchange.directory.tiers import (
    FOUR_TIERS,
    Tier,
    TierScheme,
    parse_tiers,
    tiers_not_in_force,
    tiers_on,
)
from docexchange.directory.toml_file import parse_toml, write_toml

__all__ = [
    "FOUR_TIERS",
    "IN_FLIGHT_DAYS",
    "Binding",
    "BindingOutcome",
    "Change",
    "ChangeKind",
    "Directory",
    "DirectoryEntry",
    "DirectoryFinding",
    "EntryDifference",
    "InForce",
    "LegalChange",
    "Survey",
    "Tier",
    "TierScheme",
    "binding_of",
    "changed_fields",
    "check",
    "close",
    "compare",
    "holders_in_flight",
    "matches_in_flight",
    "merge",
    "parse_csv",
    "parse_fingerprint",
    "parse_tiers",
    "parse_toml",
    "plain_fields",
    "read_directory",
    "read_entries",
    "revise",
    "shipped_changes",
    "shipped_directory",
    "shipped_tiers",
    "signer_matches",
    "split",
    "survey",
    "tiers_not_in_force",
    "tiers_on",
    "write_csv",
    "write_toml",
]
