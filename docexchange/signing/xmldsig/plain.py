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
from typing import Final

from docexchange.envelope.attachments.base64_stream import decode_spaced
from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N
from docexchange.signing.xmldsig.model import Reference, SignedInfo, Transform

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
)
_TAIL: Final = "</ds:SignedInfo>"
_USUAL_TEXT: Final = f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform>'
_USUAL: Final = (Transform(EXCLUSIVE_C14N, has_parameters=False),)


def read_plain(octets: bytes) -> SignedInfo | None:
    """Read ``SignedInfo``, if it has the plain form.

    Args:
        octets: its exclusive canonical form with comments, so that it has none if it is plain.
    """
    text = octets.decode()
    head = _HEAD.match(text)
    if head is None:
        return None
    at, references = head.end(), []
    try:
        while found := _REFERENCE.match(text, at):
            references.append(_reference(*found.groups(default="")))
            at = found.end()
    except ValueError:  # no base64: whoever reads the tree says so
        return None
    if not references or text[at:] != _TAIL:
        return None
    return SignedInfo(
        canonicalization=Transform(head[1], has_parameters=False),
        signature_method=Transform(head[2], has_parameters=False),
        references=tuple(references),
        octets=octets,
    )


def _reference(
    identity: str, kind: str, uri: str, transforms: str, digest: str, value: str
) -> Reference:
    return Reference(
        identity=identity[5:-1],  # what stands between the quotes of Id="..."
        uri=uri[6:-1] if uri else None,
        type=kind[7:-1],
        transforms=_USUAL if transforms == _USUAL_TEXT else _transforms(transforms),
        digest_method=digest,
        digest_value=decode_spaced(value),
    )


def _transforms(text: str) -> tuple[Transform, ...]:
    found = _TRANSFORM.findall(text)
    return tuple(Transform(algorithm, has_parameters=False) for algorithm in found)
