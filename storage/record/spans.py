"""Runs of one content among observations (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Observation:
    """One row of ``observations``, or the one being added (without a version yet).

    Attributes:
        capture_id: The capture that showed it.
        observed_at: When, as the store writes times.
        via: The way the capture came.
        version_id: The version it showed; None while that is being found out.
        digests: Every digest that content has been read as.
        lengths: Attachment lengths the capture told, by URL.
        feed: The feed that told it; empty for a page. Feeds cut and escape one text each in
            its own way, so a text is held against what the same feed told before.
        continued: It is the last sight of what its capture showed first, without a capture
            of its own.
    """

    capture_id: int
    observed_at: str
    via: str
    version_id: int | None
    digests: frozenset[str]
    lengths: dict[str, int]
    feed: str = ""
    continued: bool = False

    @property
    def sort_key(self) -> tuple[str, str]:
        """Place in time."""
        # Two captures of one instant: any order will do, if it never depends on which
        # was imported first.
        return (self.observed_at, min(self.digests))


@dataclass(slots=True, kw_only=True)
class Span:
    """A run of observations of one content.

    Attributes:
        observations: In order, never empty once cut.
        digests: Every digest among them.
        lengths: Every attachment length among them.
        version_id: The version that stands for it, once assigned.
    """

    observations: list[Observation] = field(default_factory=list)
    digests: frozenset[str] = frozenset()
    lengths: dict[str, int] = field(default_factory=dict)
    version_id: int = 0

    @property
    def feed(self) -> str:
        """The feed that told it; empty for a page."""
        return self.observations[0].feed

    def accepts(self, seen: Observation) -> bool:
        """Tell whether an observation shows what this span shows.

        Attachment lengths are not always known; they part two captures only where both
        know a length and the lengths differ: the file behind the link was replaced.
        """
        if not self.digests & seen.digests:
            return False
        return all(self.lengths.get(url, n) == n for url, n in seen.lengths.items())

    def add(self, seen: Observation) -> None:
        """Append an observation this span accepts."""
        self.digests |= seen.digests
        self.lengths |= seen.lengths
        self.observations.append(seen)

    @property
    def first(self) -> str:
        """When it was first observed."""
        return self.observations[0].observed_at

    @property
    def last(self) -> str:
        """When it was last observed."""
        return self.observations[-1].observed_at

    @property
    def via(self) -> str:
        """The ways its captures came, comma-separated, first seen first."""
        return ",".join(dict.fromkeys(o.via for o in self.observations))


def cut(observations: Iterable[Observation]) -> list[Span]:
    """Cut observations, put in order, into runs of one content, each of one feed's."""
    spans: list[Span] = []
    latest: dict[str, Span] = {}
    for seen in sorted(observations, key=lambda o: o.sort_key):
        span = latest.get(seen.feed)
        if span is None or not span.accepts(seen):
            span = latest[seen.feed] = Span()
            spans.append(span)
        span.add(seen)
    return spans


def before(spans: list[Span], index: int) -> Span | None:
    """Return the span that one follows, of the same feed or of the page; None for the first."""
    return next((s for s in reversed(spans[:index]) if s.feed == spans[index].feed), None)


def is_revert(spans: list[Span], index: int) -> int:
    """1 when the span shows again what an earlier one, not the last, showed."""
    earlier = [s for s in spans[:index] if s.feed == spans[index].feed]
    return int(any(s.digests & spans[index].digests for s in earlier[:-1]))
