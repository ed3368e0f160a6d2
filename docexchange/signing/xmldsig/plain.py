"""``SignedInfo`` in its plain form, read from the very octets that are signed.

Most signatures write it alike: methods without parameters, references with a list of transforms or
none. In canonical form that is one regular text, so a pattern reads it, in a fifth of the time that
a walk through the tree takes, and what is read cannot be anything else than what was signed. What
has comments, parameters, escaped characters or other prefixes has no plain form; ``element`` reads
that, and both must agree on what both can read.

>>> read_plain(exclusive(signed_info, comments=True)).references[0].uri
'#m-1'
"""

from __future__ import annotations

import re
from itertools import starmap
from typing import Final

from docexchange.envelope.attachments.base64_stream import decode_spaced
from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, SignatureAlgorithm
from docexchange.signing.xmldsig.model import CANONICAL, Reference, SignedInfo, Transform

__all__ = ["read_plain"]

# White space between elements is a line break or an indent: a return would have been escaped.
_SPACE: Final = r"[ \t\n]*+"
_METHOD: Final = r'<ds:{0} Algorithm="([^"&<]*+)"></ds:{0}>' + _SPACE
_HEAD: Final = re.compile(
    rf'<ds:SignedInfo xmlns:ds="{re.escape(DS)}"(?: Id="[^"&<]*+")?>{_SPACE}'
    + _METHOD.format("CanonicalizationMethod")
    + _METHOD.format("SignatureMethod")
)
_TRANSFORM: Final = re.compile(_METHOD.format("Transform"))
_REFERENCE: Final = re.compile(
    rf'<ds:Reference( Id="[^"&<]*+")?( Type="[^"&<]*+")?( URI="[^"&<]*+")?>{_SPACE}'
    rf"(?:<ds:Transforms>{_SPACE}((?:{_TRANSFORM.pattern.replace('([', '(?:[')})*)</ds:Transforms>"
    rf"{_SPACE})?{_METHOD.format('DigestMethod')}"
    rf"<ds:DigestValue>([A-Za-z0-9+/= \t\n]*+)</ds:DigestValue>{_SPACE}</ds:Reference>{_SPACE}"
    "|(.+)",
    re.DOTALL,
)
_TAIL: Final = "</ds:SignedInfo>"
_USUAL_TEXT: Final = f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform>'
_KNOWN: Final = {
    uri: Transform(uri, has_parameters=False)
    for uri in (EXCLUSIVE_C14N, *(item.value for item in SignatureAlgorithm))
}


def read_plain(octets: bytes) -> SignedInfo | None:
    """Read ``SignedInfo``, if it has the plain form.

    Args:
        octets: its exclusive canonical form with comments, so that it has none if it is plain.
    """
    text = octets.decode()
    head = _HEAD.match(text)
    if head is None or not text.endswith(_TAIL):
        return None
    try:
        found = _REFERENCE.findall(text, head.end(), len(text) - len(_TAIL))
        references = tuple(starmap(_reference, found))
    except ValueError:  # whoever reads the tree says what it is
        return None
    if not references:
        return None
    return SignedInfo(
        canonicalization=_method(head[1]),
        signature_method=_method(head[2]),
        references=references,
        octets=octets,
    )


def _reference(
    identity: str, kind: str, uri: str, transforms: str, digest: str, value: str, odd: str
) -> Reference:
    if odd:
        raise ValueError("a reference of another form")
    return Reference(
        identity[5:-1],  # what stands between the quotes of Id="..."
        uri[6:-1] if uri else None,
        kind[7:-1],
        CANONICAL if transforms == _USUAL_TEXT else _transforms(transforms),
        digest,
        decode_spaced(value),
    )


def _transforms(text: str) -> tuple[Transform, ...]:
    return tuple(map(_method, _TRANSFORM.findall(text)))


def _method(uri: str) -> Transform:
    return _KNOWN.get(uri) or Transform(uri, has_parameters=False)
