"""A reader whose revisions are as open in an encrypted file as they are in any other.

pyHanko keeps what dictionaries and arrays of an encrypted file hold in closed boxes, each to be
opened when it is asked for. But its comparison of revisions goes through what they hold as it is,
and there a box is nothing: whatever was changed within went unseen, and anything new counted as
referred to by nobody. Here dictionaries and arrays stand open. Strings and streams are still
decrypted when somebody asks, for some never were encrypted.

>>> reader = OpenReader(stream)
>>> reader.get_historical_resolver(0).root["/Pages"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DecryptedObjectProxy,
    DictionaryObject,
    IndirectObject,
    StreamObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

if TYPE_CHECKING:
    from pyhanko.pdf_utils.generic import Reference

__all__ = ["OpenReader", "OpenResolver"]


class OpenReader(PdfFileReader):  # type: ignore[misc]
    """As the other, with open revisions."""

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        """A view on the file as it was.

        Args:
            revision: its number, from 0.
        """
        known = self._historical_resolver_cache
        if revision not in known:
            known[revision] = OpenResolver(self, revision)
        return known[revision]


class OpenResolver(HistoricalResolver):  # type: ignore[misc]
    """As the other, without closed boxes but for strings."""

    def get_object(self, ref: Reference, as_metadata_stream: bool = False) -> Any:  # noqa: FBT001, FBT002
        """An object as it was; what a stream says of itself is open, too."""
        fresh = ref not in self.cache
        found = super().get_object(ref, as_metadata_stream)
        if fresh and isinstance(found, StreamObject):
            for key, part in dict.items(found):
                if isinstance(part, DecryptedObjectProxy):
                    dict.__setitem__(found, key, self._subsume_object(part))
        return found

    def _subsume_object(self, obj: Any) -> Any:
        if isinstance(obj, IndirectObject):
            return IndirectObject(obj.idnum, obj.generation, self)  # it may be one of ours already
        if isinstance(obj, DecryptedObjectProxy):
            raw = obj.raw_object
            holds = isinstance(raw, DictionaryObject | ArrayObject)
            if holds and not isinstance(raw, StreamObject):
                return super()._subsume_object(obj.decrypted)
        return super()._subsume_object(obj)
