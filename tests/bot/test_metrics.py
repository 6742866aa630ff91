"""Counters carry the name of one cause, and each service counts for itself."""

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.text().decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_a_refusal_is_counted_under_its_cause() -> None:
    metrics = Metrics()
    metrics.rejected.labels(cause="bad_signature").inc()
    assert samples(metrics)["tenon_webhook_rejected_total", (("cause", "bad_signature"),)] == 1.0


def test_two_services_in_one_process_do_not_mix() -> None:
    one, other = Metrics(), Metrics()
    one.jobs.labels(state="done").inc()
    assert b'tenon_jobs_total{state="done"}' not in other.text()


def test_the_backlog_is_asked_for_at_each_scrape() -> None:
    metrics, open_now = Metrics(), {"received": 3}
    metrics.watch_backlog(lambda: open_now)
    assert samples(metrics)["tenon_deliveries_open", (("state", "received"),)] == 3.0
    open_now["received"] = 0
    assert samples(metrics)["tenon_deliveries_open", (("state", "received"),)] == 0.0


def test_every_metric_has_help_and_the_projects_prefix() -> None:
    metrics = Metrics()
    metrics.watch_backlog(dict)
    families = list(text_string_to_metric_families(metrics.text().decode()))
    assert {"tenon_webhook_rejected", "tenon_jobs", "tenon_deliveries_open"} <= {family.name for family in families}
    assert all(family.name.startswith("tenon_") and family.documentation for family in families)
