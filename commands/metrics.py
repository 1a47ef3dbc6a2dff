"""``corrigenda status --metrics``: health as OpenMetrics (https://openmetrics.io)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.queries.health import Health


def render(found: Iterable[Health]) -> str:
    """Return the text that a Prometheus server, or its node exporter, reads.

    Args:
        found: Each source's health, its needs told.
    """
    from prometheus_client import CollectorRegistry, Gauge
    from prometheus_client.openmetrics.exposition import generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, what: str, *more: str) -> Gauge:
        return Gauge(f"corrigenda_{name}", what, ["source", *more], registry=registry)

    needs = gauge("needs", "What needs a person.")
    success = gauge("last_success_timestamp_seconds", "When a page was last seen.")
    started = gauge("last_run_timestamp_seconds", "When the last run began.")
    blocked = gauge("blocked_since_timestamp_seconds", "Since when it is blocked; 0: it is not.")
    unasked = gauge("never_checked", "Releases never asked for.")
    entries = gauge("entries", "Entries of the last runs.", "verdict")
    releases = gauge("releases", "Releases heard of.", "standing")
    requests = gauge("requests_today", "Requests this UTC day.", "host")
    for one in found:
        name = one.source
        needs.labels(name).set(len(one.needs))
        success.labels(name).set(_seconds(one.last_success))
        run = one.last_run
        started.labels(name).set(_seconds(run["started_at"] if run else None))
        blocked.labels(name).set(_seconds(one.blocked_since))
        unasked.labels(name).set(one.never_checked)
        for verdict, number in one.verdicts.items():
            entries.labels(name, verdict).set(number)
        for standing in ("heard", "held", "told", "blocked", "missing", "withdrawn"):
            total = sum(getattr(month, standing) for month in one.ledger)
            releases.labels(name, standing).set(total)
        for host, number in one.requests_today.items():
            requests.labels(name, host).set(number)
    return str(generate_latest(registry).decode())  # type: ignore[no-untyped-call]


def _seconds(when: datetime | None) -> float:
    return when.timestamp() if when else 0.0
