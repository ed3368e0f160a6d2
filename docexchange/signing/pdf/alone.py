"""What was signed must be whole in its own octets.

Its table of contents may name a place behind its end, or a stream begin in it that ends there: what
is put there later is taken for what was signed, by every reader and by the comparison of revisions.
So what was signed is read once more without what came after.

>>> reads_beyond(reader, revision=0, end=9000)
True
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pyhanko.pdf_utils.misc import PdfError

from docexchange.signing.pdf.boxes import OpenReader
from docexchange.signing.pdf.unseen import walked

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

__all__ = ["reads_beyond"]


def reads_beyond(reader: PdfFileReader, *, revision: int, end: int) -> bool:
    """Whether something in a revision cannot be read from its own octets.

    Args:
        reader: of the whole file.
        revision: what was signed.
        end: where that ends in the file.
    """
    reader.stream.seek(0)
    own = io.BytesIO(reader.stream.read(end))
    try:
        alone = OpenReader(own, strict=False)
        alone.strict = True  # for the objects; the tables were checked with the whole file
        if alone.encrypted:
            alone.decrypt("")
        then = alone.get_historical_resolver(revision)
        walked(then, [then.trailer_view])
    except (PdfError, ValueError, IndexError, KeyError):
        return True
    return False
