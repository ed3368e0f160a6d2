"""Hypothesis strategies: a letter as any other system might have written it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from lxml import etree
from rewriting import (
    DECLARATION,
    E_DOC,
    GO_VN,
    bare,
    broken_lines,
    dated,
    inside,
    namespaced,
    prefixed,
    prefixed_attachments,
    timed,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

    Rewriting = Callable[[bytes], bytes]


def as_it_is(data: bytes) -> bytes:
    """No rewriting."""
    return data


def _with_tree(data: bytes, change: Callable[[_Element], object]) -> bytes:
    root = etree.fromstring(data)
    change(root)
    return DECLARATION + etree.tostring(root, encoding="UTF-8") + b"\n"


def shuffled(draw: st.DrawFn, data: bytes) -> bytes:
    """The children of each element in another order; those of one name among themselves as before.

    Args:
        draw: of Hypothesis.
        data: a letter of any dialect that is well-formed.
    """
    return _with_tree(data, lambda root: [_shuffle(draw, group) for group in root.iter()])


def _shuffle(draw: st.DrawFn, group: _Element) -> None:
    if len(group) < 2:
        return
    children: dict[Any, list[_Element]] = {}
    for child in group:
        children.setdefault(child.tag, []).append(child)
    order = draw(st.permutations([child.tag for child in group]))
    group[:] = [children[tag].pop(0) for tag in order]


def decorated(draw: st.DrawFn, data: bytes) -> bytes:
    """Elements and attributes that nobody knows, in a few places.

    Args:
        draw: of Hypothesis.
        data: a letter of any dialect that is well-formed.
    """

    def add(root: _Element) -> None:
        groups = [element for element in root.iter() if len(element)]
        for element in draw(st.lists(st.sampled_from(groups), max_size=4)):
            other = etree.Element(draw(st.sampled_from(["New", "{urn:new}Subject"])), a=">/")
            other.text = draw(st.sampled_from(["", "x", "]]>\r\n"]))
            element.insert(draw(st.integers(0, len(element))), other)
            element.set(draw(st.sampled_from(["other", "{urn:new}Id"])), "<&\t'\"")

    return _with_tree(data, add)


def one_of(draw: st.DrawFn, *choices: Rewriting) -> Rewriting:
    """One of some rewritings, or none."""
    return draw(st.sampled_from([as_it_is, *choices]))


@st.composite
def rewritten(draw: st.DrawFn, data: bytes) -> bytes:
    """The letter in another dialect: each freedom that systems take is taken or not.

    Args:
        draw: of Hypothesis.
        data: a letter of the strict dialect.
    """
    if b"<AttachmentEncoded>" in data:
        data = one_of(draw, inside, prefixed_attachments)(data)
    data = one_of(draw, lambda data: shuffled(draw, data))(data)
    data = one_of(draw, lambda data: decorated(draw, data))(data)
    forms = ("{d}/{m}/{y}", "{y}-{m}-{d}")
    data = one_of(draw, *(lambda data, form=form: dated(form, data) for form in forms))(data)
    data = one_of(draw, timed)(data)
    data = one_of(draw, lambda data: broken_lines(data, every=4), broken_lines)(data)
    data = one_of(
        draw,
        bare,
        lambda data: namespaced(GO_VN, data),
        lambda data: namespaced(E_DOC, data),
        lambda data: prefixed(b"x:", data),
        lambda data: prefixed(b"", data),
    )(data)
    data = one_of(draw, wrapped, lambda data: wrapped(data, place=b"Header"))(data)
    lead = draw(st.sampled_from([b"", b"\xef\xbb\xbf", b"\r\n ", b"X-Mail: 1\n\n"]))
    return lead + data
