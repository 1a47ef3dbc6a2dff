"""What the store is given of a capture, and gives of a release; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corrigenda.models import Capture, ChangeKind, ContentType, Document, Judgement, Track
from storage.queries.contents import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of a release before it is fetched again.

    Attributes:
        release_id: Its row.
        url: Its own URL, be it known by others too.
        node_id: The publisher's number, where it is known.
        etag: Validator of the last good live page.
        last_modified: Likewise.
        article_sha256: Hash of the last good live page's article.
        last_checked_at: When a live check last ended, whatever came of it.
        next_check_at: When the next is due; None where no plan has dated it.
        last_verdict: What came of it; empty before the first.
        content: What that article said; None when none was ever read.
        said: What any page, or else the feed, showed of it last; None when nothing did.
    """

    release_id: int
    url: str = ""
    node_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    article_sha256: str | None = None
    last_checked_at: datetime | None = None
    next_check_at: datetime | None = None
    last_verdict: str = ""
    content: Content | None = None
    said: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A capture with its verdict and, where it is a release, its content.

    Attributes:
        capture: What was fetched.
        judgement: What it turned out to be.
        content: What it says: for ``release``, and for ``unmodified`` what it still says.
        track: Which timeline it belongs to.
        node_id: The publisher's number, where the capture tells it.
        content_type: What kind of item it is.
        moved_to: The address the release was found to have now.
        own: The page is an item of its own, though its address was another release's.
        aliases: Other URLs the page gives itself.
        article_sha256: Hash of the article's bytes.
        published_at: The publisher's claim, verbatim.
        provenance: Anything else about where it came from.
    """

    capture: Capture
    judgement: Judgement
    content: Content | None = None
    track: Track = Track.PAGE
    node_id: int | None = None
    content_type: ContentType = ContentType.RELEASE
    moved_to: str | None = None
    own: bool = False
    aliases: tuple[str, ...] = ()
    article_sha256: str | None = None
    published_at: str | None = None
    provenance: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recording a capture added.

    Attributes:
        release_id: The release.
        capture_id: The capture's row.
        versions_added: New versions.
        changes: New changes, as (row, kind).
        absorbed: Rows of the feed's changes that a new one shows too.
    """

    release_id: int
    capture_id: int
    versions_added: int = 0
    changes: tuple[tuple[int, ChangeKind], ...] = ()
    absorbed: tuple[int, ...] = ()
