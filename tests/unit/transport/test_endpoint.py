"""Endpoints are read strictly, and no answer leads away from them."""

from __future__ import annotations

import pytest

from docexchange.errors import TransportError
from docexchange.transport._endpoint import endpoint_of, inside


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://hub.example", "https://hub.example/"),
        ("https://hub.example:8443/", "https://hub.example:8443/"),
        ("https://hub.example/exchange//", "https://hub.example/exchange/"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        ("http://127.0.0.1", "http://127.0.0.1/"),
        ("http://[::1]/", "http://[::1]/"),
    ],
)
def test_an_endpoint_ends_with_a_slash(url, endpoint):
    """So that all paths can be put behind it; without TLS it is this machine."""
    assert endpoint_of(url) == endpoint


@pytest.mark.parametrize("url", ["http://10.0.0.7/", "http://localhost.example/", "http://[::2]/"])
def test_other_machines_are_reached_by_tls_alone(url):
    """Unless the operator allows it: then the endpoint is as good as another."""
    with pytest.raises(TransportError):
        endpoint_of(url)
    assert endpoint_of(url, allow_plain=True) == url


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("/v1/uploads/7", "https://hub.example:8443/v1/uploads/7"),
        ("v1/uploads/7", "https://hub.example:8443/x/v1/uploads/7"),
        ("https://hub.example:8443/v1/uploads/7", "https://hub.example:8443/v1/uploads/7"),
        ("http://10.0.0.7:80/v1/uploads/7", "https://hub.example:8443/v1/uploads/7"),
        ("//evil.example/v1/uploads/7", "https://hub.example:8443/v1/uploads/7"),
        ("v1/messages?recipient=A", "https://hub.example:8443/x/v1/messages?recipient=A"),
        ("file:///etc/passwd", "https://hub.example:8443/etc/passwd"),
    ],
)
def test_no_answer_leads_elsewhere(said, meant):
    """Whatever a Location says, the letter goes to the host that the directory names."""
    assert inside("https://hub.example:8443/x/", said) == meant
