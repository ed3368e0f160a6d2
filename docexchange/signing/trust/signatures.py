"""Signatures of certificates, lists and answers, each checked once.

The same signature is asked about when it is found out who issued what, when a path is judged, and
again with each certificate that a list speaks for. That it holds does not change: it is a fact
about these octets and this key. Whether its algorithm is good enough is asked elsewhere, each time.

>>> check_signature(signature, signed, key, algorithm)
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from functools import lru_cache
from threading import Lock
from typing import Any, Final

from pyhanko_certvalidator.sig_validate import (
    DEFAULT_SIGNATURE_VALIDATOR,
    DEFAULT_VALIDATION_CONTEXT,
    SignatureValidationContext,
)

__all__ = ["check_signature"]

_REMEMBERED: Final = 4096
_LONG: Final = 4096
_LONG_ONES: Final = 16
"""Lists whose digests are remembered, each with its octets: an authority may have ten megabytes."""
_good: Final[OrderedDict[object, None]] = OrderedDict()
_lock: Final = Lock()


def check_signature(
    signature: bytes,
    signed: bytes,
    key: Any,
    algorithm: Any,
    context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
) -> None:
    """Check a signature, unless it is known to be good.

    Args:
        signature: its value.
        signed: what it stands under.
        key: the public key, as asn1crypto has it.
        algorithm: how it was made, as asn1crypto has it.
        context: what the library is told besides.

    Raises:
        Exception: it does not hold, as the library says it.
    """
    question = (_digest(signature, signed, key.dump(), algorithm.dump()), context)
    with _lock:
        if question in _good:
            _good.move_to_end(question)
            return
    DEFAULT_SIGNATURE_VALIDATOR.validate_signature(signature, signed, key, algorithm, context)
    with _lock:
        _good[question] = None
        if len(_good) > _REMEMBERED:
            _good.popitem(last=False)


def _digest(*parts: bytes) -> bytes:
    """One digest of several parts, each of which stands for itself."""
    return hashlib.sha256(b"".join(map(_digest_of, parts))).digest()


def _digest_of(part: bytes) -> bytes:
    # The same list is asked about with each certificate it speaks for, and is long.
    return _digest_of_long(part) if len(part) > _LONG else hashlib.sha256(part).digest()


@lru_cache(maxsize=_LONG_ONES)
def _digest_of_long(part: bytes) -> bytes:
    return hashlib.sha256(part).digest()
