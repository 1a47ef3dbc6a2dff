"""A change as lists, feeds and tables show it."""

from __future__ import annotations

from dataclasses import dataclass

from review.parts.words import Headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A change, or a group of them, as lists show it.

    Attributes:
        id: The change; of a group its newest.
        release_id: Its release.
        title: The release's title.
        url: The release's address.
        kind: What happened.
        significance: How much it matters.
        headline: The first reason taken apart.
        reasons: The other reasons.
        when: The interval in words.
        detected: When we noticed, as the store writes times.
        ministers: Named in the release.
        portfolios: Likewise.
        silent: Revised under an unchanged date.
        revert: Back to an earlier text.
        track: ``page``, or ``feed`` where only the feed's own text showed it.
        review: The standing verdict; empty when open.
        count: How many changes the item stands for.
        releases: On how many releases.
    """

    id: int
    release_id: int
    title: str
    url: str
    kind: str
    significance: str
    headline: Headline
    reasons: tuple[str, ...]
    when: str
    detected: str
    ministers: tuple[str, ...] = ()
    portfolios: tuple[str, ...] = ()
    silent: bool = False
    revert: bool = False
    track: str = "page"
    review: str = ""
    count: int = 1
    releases: int = 1
