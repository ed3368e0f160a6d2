"""Distinguished names as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.signing.xmldsig.distinguished import same_name


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CN=An Thạnh,O=UBND", "o = UBND , cn = an  thạnh"),
        ("CN=a,O=b", "O=b,CN=a"),
        (r"CN=a\,b,O=c", r'CN="a,b",O=c'),
        (r"CN=\C3\A9,C=VN", "CN=é,C=VN"),
        ("2.5.4.3=a", "CN=a"),
        ("OID.2.5.4.3=a", "CN=a"),
        ("2.5.4.97=#0C0161", "organizationIdentifier=a"),
        ("EMAILADDRESS=a@b", "E=a@b"),
        ("CN=a+OU=b,O=c", "OU=b+CN=a,O=c"),
        (r"CN=Trailing\20\20,C=US", r"CN=Trailing \ ,C=US"),
        ("CN=a;O=b", "CN=a,O=b"),
        ("/C=VN/O=UBND/CN=An Thạnh", "CN=An Thạnh, O=UBND, C=VN"),
        ("/C=VN/CN=http://a/b", "CN=http://a/b,C=VN"),
        ("/2.5.4.97=VATVN-1/CN=a", "CN=a,organizationIdentifier=VATVN-1"),
        ("CN=#1E0400410303,C=VN", "CN=Ã,C=VN"),
        ("CN=#0C8180" + "61" * 128, "CN=" + "a" * 128),
        (r"CN=#0C035C2061", r"CN=\\ a"),
        ("PostalCode=1,S=a,T=b", "2.5.4.17=1,ST=a,title=b"),
        ('C=VN, ST="a, b", CN=c', r"CN=c,S=a\2C b,C=VN"),
    ],
)
def test_spellings_of_one_name(left: str, right: str) -> None:
    """Order, spaces, upper case, names of types, escapes."""
    assert same_name(left, right)
    assert same_name(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CN=a,O=b", "CN=a"),
        ("CN=a,O=b", "CN=b,O=a"),
        ("CN=a", "OU=a"),
        ("CN=a+OU=b", "CN=a,OU=b"),
        (r"CN=a\,O=b", "CN=a,O=b"),
        ("", ""),
        ("/", "/"),
        ("/CN=a/O=b", "CN=a"),
        ("/CN=a,O=b", "CN=a,O=b"),
        ("CN=#0C02", "CN="),
        ("no name", "no name"),
        ("CN=" + "a" * 5000, "CN=" + "a" * 5000),
    ],
)
def test_different_names_and_what_is_none(left: str, right: str) -> None:
    """What cannot be read is like nothing, not even itself."""
    assert not same_name(left, right)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_has_an_answer(left: str, right: str) -> None:
    """And the same in both directions."""
    assert same_name(left, right) == same_name(right, left)
