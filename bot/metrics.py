"""Counters for operators, in Prometheus text; each refusal is counted under the name of its cause."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

MILLISECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """All of Tenon's metrics, in a registry of their own: two services in one test process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = self._counter("tenon_webhook_deliveries", "Deliveries stored", "event")
        self.rejected = self._counter("tenon_webhook_rejected", "Deliveries refused, by cause", "cause")
        self.ignored = self._counter("tenon_webhook_ignored", "Deliveries that ask for no job, by cause", "cause")
        self.duplicates = self._counter("tenon_webhook_duplicates", "Deliveries that were there already", "event")
        self.jobs = self._counter("tenon_jobs", "Jobs ended, by state", "state")
        self.webhook_seconds = Histogram(
            "tenon_webhook_seconds",
            "From the last byte of a delivery to its answer",
            buckets=MILLISECONDS,
            registry=self.registry,
        )

    def watch_backlog(self, counts: Callable[[], Mapping[str, int]]) -> None:
        """Show how many deliveries wait, by state; `counts` is asked at each scrape."""
        self.registry.register(_Backlog(counts))

    def text(self) -> bytes:
        """The exposition, as Prometheus scrapes it."""
        return generate_latest(self.registry)

    def _counter(self, name: str, says: str, label: str) -> Counter:
        return Counter(name, says, [label], registry=self.registry)


class _Backlog(Collector):
    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Named without asking the database."""
        yield GaugeMetricFamily("tenon_deliveries_open", "Deliveries not ended, by state", labels=["state"])

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Asked at each scrape."""
        gauge = GaugeMetricFamily("tenon_deliveries_open", "Deliveries not ended, by state", labels=["state"])
        for state, number in sorted(self._counts().items()):
            gauge.add_metric([str(state)], float(number))
        yield gauge
