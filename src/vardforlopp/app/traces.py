"""Traces for OpenTelemetry, if a collector is named: a span of each request, service and transaction.

Their names are made of the words of `api/naming.py`. No exception is told of, as its message may repeat what
was sent, and of a client's own headers only the numbers of `traceparent` go further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from vardforlopp.api.naming import Named
from vardforlopp.app.version import VERSION

_PARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Traces:
    """Spans that nobody asked for, until a collector is named."""

    def request(self, named: Named, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """A request, within the trace that its headers name."""
        return nullcontext()

    def span(self, name: str) -> AbstractContextManager[None]:
        """A part of it."""
        return nullcontext()

    def close(self) -> None:
        """Send what is left."""


class SentTraces(Traces):
    """Spans that are sent, many at once, by a thread beside."""

    def __init__(self, tracer: Any, close: Callable[[], None]) -> None:
        self._tracer, self._close = tracer, close

    @contextmanager
    def request(self, named: Named, headers: Mapping[str, str]) -> Iterator[None]:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = headers.get("traceparent", "")
        carried = {"traceparent": parent} if _PARENT.fullmatch(parent) else {}
        with self._tracer.start_as_current_span(
            f"{named.interaction} {named.type}",
            context=TraceContextTextMapPropagator().extract(carried),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ):
            yield

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
            yield

    def close(self) -> None:
        self._close()


def traces(collector: str) -> Traces:
    """Traces to a collector's address (OTLP over HTTP), or to nobody."""
    if not collector:
        return Traces()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(
        resource=Resource.create({"service.name": "vardforlopp", "service.version": VERSION})
    )
    exporter = OTLPSpanExporter(endpoint=f"{collector.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return SentTraces(provider.get_tracer("vardforlopp"), provider.shutdown)
