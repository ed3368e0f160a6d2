"""Zipped files on their way to a folder: what comes out instead of the archive.

>>> unzipped({"báo cáo.pdf": archive})["báo cáo.pdf"].media_type
'application/pdf'
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange.cli._output import complain
from docexchange.cli._words import advice_on, say
from docexchange.errors import LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docexchange.envelope import Attachment

__all__ = ["unzipped"]


def unzipped(
    carried: Mapping[str, Attachment], limits: Limits | None = None
) -> dict[str, Attachment]:
    """The files to write in place of those that are archives of themselves.

    File names stay; those in archives are nobody's to trust. All is inflated once here, so that
    what cannot be is told before anything is written.

    Args:
        carried: attachments by the names of the files they go to.
        limits: bounds on each file, and on all together: no more than an envelope may have.

    Raises:
        LimitExceeded: an archive, or all of them, hold more than is let out.
    """
    limits = limits or Limits()
    left = limits.envelope_bytes
    files: dict[str, Attachment] = {}
    for name, item in carried.items():
        bounds = replace(limits, inflated_bytes=min(limits.inflated_bytes, left))
        files[name] = _inside(name, item, bounds)
        left -= files[name].size if files[name] is not item else 0
    return files


def _inside(name: str, carried: Attachment, limits: Limits) -> Attachment:
    if not carried.is_zipped:
        return carried
    try:
        return carried.inflated(limits)
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
