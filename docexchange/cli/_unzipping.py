"""Zipped files on their way to a folder: what comes out instead of the archive.

>>> unzipped({"báo cáo.pdf": archive})["báo cáo.pdf"].media_type
'application/pdf'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.cli._output import complain
from docexchange.cli._words import advice_on, say
from docexchange.errors import LimitExceeded, MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docexchange.envelope import Attachment

__all__ = ["unzipped"]


def unzipped(carried: Mapping[str, Attachment]) -> dict[str, Attachment]:
    """The files to write in place of those that are archives of themselves.

    File names stay; those in archives are nobody's to trust. All is inflated once here, so that
    what cannot be is told before anything is written.

    Args:
        carried: attachments by the names of the files they go to.

    Raises:
        LimitExceeded: an archive holds more than is let out.
    """
    return {name: _inside(name, item) for name, item in carried.items()}


def _inside(name: str, carried: Attachment) -> Attachment:
    if not carried.is_zipped:
        return carried
    try:
        return carried.inflated()
    except LimitExceeded as error:
        raise LimitExceeded(
            f"{name}: {error}",
            code=error.code,
            advice="It may be made to fill the disk. --keep-zipped takes the archive as it is.",
        ) from error
    except MalformedEnvelope as error:
        code = "extract.not-unzipped"
        advice = advice_on(code, "Open it with a program for archives, or ask the sender for it.")
        complain(f"{name}: {say('left as the archive it is')} ({error})", advice=advice, code=code)
        return carried
