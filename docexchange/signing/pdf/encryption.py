"""Files under the empty password, as they are where printing or copying is all that is forbidden.

Every viewer opens such a file without a question, and what is signed are its octets as they are:
they are read, and judged like any other. That anybody can open it makes one thing possible that
must not be: a revision after signing that has the file encrypted, or in another way. Then content
that nobody saw when it was signed would be shown, and what was seen would be noise.

>>> opens_to_anybody(reader)
>>> check_encrypted_as_signed(reader, since=signatures[0].revision)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.misc import PdfStrictReadError

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

__all__ = ["check_encrypted_as_signed", "opens_to_anybody"]


def opens_to_anybody(reader: PdfFileReader) -> bool:
    """Open an encrypted file with the empty password.

    Args:
        reader: of the file.

    Returns:
        Whether that opened it.
    """
    if not isinstance(reader.security_handler, StandardSecurityHandler):
        return False
    return reader.decrypt("").status is not AuthStatus.FAILED


def check_encrypted_as_signed(reader: PdfFileReader, *, since: int) -> None:
    """See to it that nothing about encryption came, went or changed after signing.

    Args:
        reader: of the file.
        since: the first revision with a signature; revisions before it were signed as they were.

    Raises:
        PdfStrictReadError: something did.
    """
    revisions = range(since, reader.xrefs.total_revisions)
    told = {_encryption(reader, revision) for revision in revisions}
    reference = reader.trailer.raw_get("/Encrypt") if reader.encrypted else None
    later = reference is not None and reader.xrefs.get_last_change(reference.reference) > since
    if later or len(told) > 1:
        raise PdfStrictReadError("The encryption of the file was changed after signing.")


def _encryption(reader: PdfFileReader, revision: int) -> tuple[Any, ...]:
    """Where a revision has its settings, and the identifier that its key is made with."""
    # pyHanko lets a trailer inherit what it leaves out; to other readers it is without encryption.
    trailer = reader.trailer._trailer_revisions[-1 - revision]  # noqa: SLF001
    if "/Encrypt" not in trailer:
        return ()
    settings = trailer.raw_get("/Encrypt").reference
    identifier = trailer["/ID"][0].original_bytes if "/ID" in trailer else b""
    return settings.idnum, settings.generation, identifier
