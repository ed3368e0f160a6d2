"""Spans of OpenTelemetry, through its own SDK: one trace for each letter, over all nodes."""

from __future__ import annotations

import pytest
from exchange_help import LETTER, World, letter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from docexchange.instrumentation import Tracing
from docexchange.instrumentation.tracing import trace_of

NAMES = ("commune", "district", "province", "central")


@pytest.fixture
def exporter():
    """Keeps spans in memory."""
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter):
    """Of an SDK of its own, not the global one."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("test")


@pytest.fixture
def traced(pki, tmp_path, tracer):
    """Four nodes; each has a hook of its own, as in processes of their own."""
    world = World(pki, tmp_path)
    for name in NAMES:
        world.open(name, hooks=(Tracing(tracer, clock=world.clock),))
    yield world
    world.close()


def test_all_nodes_tell_of_a_letter_in_one_trace(traced, exporter):
    """Submit, send, receive at each hop, hand over; although no header was carried."""
    traced["commune"].send(letter())
    traced.run()
    trace_id, parent = trace_of(str(LETTER))
    spans = [span for span in exporter.get_finished_spans() if span.context.trace_id == trace_id]
    assert {span.parent.span_id for span in spans} == {parent}
    names = [span.name.removeprefix("docexchange ") for span in spans]
    assert sorted(names) == ["hand over", *["receive"] * 3, *["send"] * 3, "submit"]
    nodes = {span.attributes["docexchange.node"] for span in spans}
    assert len(nodes) == 4


def test_a_restart_does_not_break_the_trace(traced, tracer, exporter):
    """A node that was started anew goes on in the same trace."""
    traced["commune"].send(letter())
    traced.restart("commune", hooks=(Tracing(tracer, clock=traced.clock),))
    traced.run()
    ids = {
        span.context.trace_id
        for span in exporter.get_finished_spans()
        if span.attributes["docexchange.message_id"] == str(LETTER)
    }
    assert ids == {trace_of(str(LETTER))[0]}


def test_what_went_wrong_is_an_error_with_its_reason(traced, exporter):
    """A refusal is told as one."""
    traced.deliver("district", b"<no letter/>")
    traced["district"].run_once()
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert "expected" in span.status.description
    assert span.attributes["docexchange.outcome"] == "unreadable"


def test_the_span_of_the_program_is_linked(traced, tracer, exporter):
    """Whoever looks at the web request that sent the letter finds the letter."""
    with tracer.start_as_current_span("web request") as around:
        traced["commune"].send(letter())
    submit = next(span for span in exporter.get_finished_spans() if "submit" in span.name)
    assert [link.context.span_id for link in submit.links] == [around.context.span_id]


def test_each_letter_has_a_trace_of_its_own():
    """By its id, never zero, always the same."""
    assert trace_of("m-1") == trace_of("m-1")
    assert trace_of("m-1") != trace_of("m-2")
    assert all(trace_of("m-1"))
