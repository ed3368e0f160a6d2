"""FROM a list as it really is to a directory: every repair is told, nothing is dropped in silence.

::

    from docexchange.directory.importing import import_file

    done = import_file("agencies-2020.csv")
    for repair in done.repairs:
        print(repair)
    directory = Directory(done.entries)
"""

from __future__ import annotations

from docexchange.directory.importing.importing import Import, import_file, import_list
from docexchange.directory.importing.repairs import Repair

__all__ = ["Import", "Repair", "import_file", "import_list"]
