"""The OpenAPI document: complete, true to the routes, and held to by schemathesis."""

from __future__ import annotations

import asyncio
import hashlib
import io
from pathlib import Path

import httpx
import hypothesis
import pytest
import schemathesis
from exchange_help import COMMUNE, DISTRICT, World, parcel_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from web_help import Site, on_disk, shown

from docexchange.clock import SystemClock, VirtualClock
from docexchange.testing import DemoPki
from docexchange.transport import PullBoxes
from docexchange.web import WebLimits
from docexchange.web.fields import digest_field

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "http.md"
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
)
