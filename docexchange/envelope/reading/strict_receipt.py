"""A receipt in exactly the form in which ``receipt_xml`` writes it, read without a parser.

As ``strict`` does with letters: one pattern takes it apart, and what matches is XML with one
meaning. Anything else is left to ``read_receipt``, which also says what is wrong with it.

>>> read_strict_receipt(data).receipt
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.names import RECEIPT
from docexchange.envelope.reading.strict_signature import StrictSignature, read_signatures
from docexchange.envelope.receipt import FIELDS, Receipt, receipt_of
from docexchange.errors import InvalidField, InvalidIdentifier
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["StrictReceipt", "read_strict_receipt"]

_VALUE: Final = r"([^<>&\x00-\x1f\ufffe\uffff]*+)"
_BINDING: Final = f' xmlns="{RECEIPT}"'
_FORM: Final = re.compile(
    re.escape(f'<?xml version="1.0" encoding="UTF-8"?>\n<Receipt{_BINDING}>\n')
    + r'<Content( Id="([A-Za-z0-9._-]++)">\n'
    + "".join(f"<{name}>{_VALUE}</{name}>\n" for name in FIELDS)
    + "</Content>)\n"
)
_TAIL: Final = "</Receipt>\n"
_MOST: Final = Limits().receipt_bytes


class StrictReceipt(NamedTuple):
    """A receipt of the strict form, with what its signature is over."""

    receipt: Receipt
    """What it says."""
    content: bytes
    """What is signed of it, in exclusive canonical form."""
    signatures: Sequence[StrictSignature]
    """Its one signature."""


def read_strict_receipt(data: bytes) -> StrictReceipt | None:
    """Read a signed receipt, if it has the strict form; its signature is not looked at here.

    Args:
        data: the receipt.
    """
    if len(data) > _MOST:
        return None
    try:
        return _read(data.decode())
    except (InvalidField, InvalidIdentifier, ValueError):
        return None  # and the parser says what is wrong


def _read(text: str) -> StrictReceipt | None:
    found = _FORM.match(text)
    if found is None or not text.endswith(_TAIL):
        return None
    signatures = read_signatures(text[found.end() : -len(_TAIL)])
    if len(signatures) != 1:
        return None
    content, identity, *values = found.groups()
    octets = f"<Content{_BINDING}{content}".encode()
    return StrictReceipt(receipt_of(values, identity), octets, signatures)
