"""The nouns of docs/design.md, "Words", as frozen values.

They hold data and the few facts that follow from it, no behaviour: reading,
judging, comparing and storing them lives in the modules named for that. All
times are aware ``datetime`` in UTC.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from corrigenda.fields import Kind, form

#: HTTP statuses that lead elsewhere (RFC 9110, section 15.4).
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class ContentType(StrEnum):
    """What kind of item a publisher put out."""

    RELEASE = "release"
    SPEECH = "speech"
    FEATURE = "feature"


class Via(StrEnum):
    """The way a capture reached us."""

    LIVE = "live"
    FEED = "feed"
    WAYBACK = "wayback"
    WARC = "warc"
    FILE = "file"
    ARCHIVE = "archive"


class Verdict(StrEnum):
    """What a response turned out to be (docs/design.md, "Verdicts")."""

    RELEASE = "release"
    UNMODIFIED = "unmodified"
    CHALLENGE = "challenge"
    MISSING = "missing"
    MOVED = "moved"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    DISALLOWED = "disallowed"


class Significance(StrEnum):
    """How much a change matters to a reader; ``rank`` orders them."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"

    @property
    def rank(self) -> int:
        """3 for high down to 0 for none."""
        return {"high": 3, "medium": 2, "low": 1, "none": 0}[self.value]


class ChangeKind(StrEnum):
    """What happened between two observations."""

    PUBLISHED = "published"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    MOVED = "moved"


class ReviewVerdict(StrEnum):
    """What a person decided about a change."""

    MEANINGFUL = "meaningful"
    COSMETIC = "cosmetic"
    FALSE_ALARM = "false alarm"
    FOLLOW_UP = "follow up"


class Track(StrEnum):
    """Which timeline a version belongs to.

    A feed gives title, date and text but no ministers: its versions are compared
    with each other, never with those read from pages (docs/design.md, "The site as known").
    """

    PAGE = "page"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file a release links to.

    Attributes:
        url: Absolute address.
        length: Size in bytes as the page states it, if it does. Documents do not
            write it down; comparisons use it when both sides know it.
    """

    url: str
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A release's content at one time (docs/design.md, "The document").

    This is the list of a document's fields, in their order; :mod:`corrigenda.fields` says
    what their forms mean.

    Attributes:
        title: As published, white space collapsed at the ends only.
        date: UTC calendar day the publisher claims, or None when the page has none.
        url: Canonical URL.
        ministers: In page order.
        portfolios: In page order.
        attachments: In page order.
        body: Markdown, no newline at the end.
    """

    title: str = field(metadata=form(Kind.TEXT, required=True, quoted=True))
    date: date | None = field(metadata=form(Kind.DAY))
    # An export's first column is the release's address, which this one may differ from.
    url: str = field(metadata=form(Kind.TEXT, required=True, exported=False))
    ministers: tuple[str, ...] = field(default=(), metadata=form(Kind.LIST, term="minister"))
    portfolios: tuple[str, ...] = field(default=(), metadata=form(Kind.LIST, term="portfolio"))
    attachments: tuple[Attachment, ...] = field(default=(), metadata=form(Kind.FILES))
    body: str = field(default="", metadata=form(Kind.BODY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one page says: the document, and what the document does not write down.

    Attributes:
        document: The content.
        content_type: Release, speech or feature.
        node_id: The publisher's own number for the item, where the page tells it.
        date_attribute: The ``datetime`` attribute the date came from, verbatim.
        date_displayed: The date as a reader of the page sees it.
        date_rule: How ``document.date`` was derived, e.g. ``utc-day-of-attribute``.
        aliases: Other canonical URLs the page gives itself (share links, canonical link).
        notes: Quality notes: things flagged and left as published, e.g. ``no date``.
    """

    document: Document
    content_type: ContentType = ContentType.RELEASE
    node_id: int | None = None
    date_attribute: str | None = None
    date_displayed: str | None = None
    date_rule: str = ""
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a feed, listing, sitemap or file: a URL and what the line claims.

    Attributes:
        url: Canonical URL.
        channel: Where it stood: ``feed``, ``listing``, ``sitemap`` or ``file``.
        title: The claimed title.
        published_at: The claimed time of publication.
        node_id: The publisher's number, where the line tells it.
        body_html: The full text a feed carries, as HTML.
        modified_at: The claimed time of the last edit.
    """

    url: str
    channel: str
    title: str | None = None
    published_at: datetime | None = None
    node_id: int | None = None
    body_html: str | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One attempt to get one URL at one moment, whatever came of it.

    Attributes:
        url: Canonical URL asked for.
        captured_at: When the response was complete, or the attempt given up.
        via: The way it came.
        final_url: Canonical URL that answered, after redirects.
        status: HTTP status of the last response; None when there was none.
        headers: Response headers, names in lower case, in order.
        redirects: Canonical URLs passed through, first to last, without ``final_url``.
        body: The decoded (decompressed) body; empty when there was none.
        failure: A verdict the fetcher already knows (``timeout``, ``unreachable``,
            ``broken``, ``disallowed``); None when the response is to be judged.
        detail: What happened, for people: an error text or a note.
        elapsed: Seconds from asking to ``captured_at``.
    """

    url: str
    captured_at: datetime
    via: Via = Via.LIVE
    final_url: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[str, ...] = ()
    body: bytes = field(default=b"", repr=False)
    failure: Verdict | None = None
    detail: str = ""
    elapsed: float = 0.0

    def header(self, name: str) -> str | None:
        """Return the first response header of that name, any case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    @property
    def sha256(self) -> str | None:
        """Hex SHA-256 of the body; None when there is no body."""
        return hashlib.sha256(self.body).hexdigest() if self.body else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as cut out of a page, decoded: looked for once, then handed on.

    Attributes:
        text: Its markup. The smallest part of a page that changes only when the release does.
    """

    text: str

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the markup in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with its grounds.

    Attributes:
        verdict: What the response is.
        reason: The mark that decided it, for people and tests.
        target: For ``moved``: the canonical URL of the release it moved to.
        retry_after: Seconds the server asks us to wait, if it does.
        article: For ``release`` and ``moved``: what the page holds.
    """

    verdict: Verdict
    reason: str
    target: str | None = None
    retry_after: float | None = None
    article: Article | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two documents, and how much it matters.

    Attributes:
        significance: The rank.
        reasons: Why, most important first, each quoting the words it is about:
            ``figure: "$16,172" became "$16,712"``.
        fields: Names of the document fields that differ, in document order.
        kinds: Short labels of what kind of edits there are (``figures``, ``dates``,
            ``names``, ``contact``, ``whitespace`` and so on).
        words_added: Words in the new body that the old has not.
        words_removed: Words in the old body that the new has not.
        score: Orders differences of one significance, the most telling highest.
        why: The most telling of them in a clause of plain words; empty below ``medium``.
        sentence_old: The sentence it stands in, before; empty where there was none.
        sentence_new: The sentence it stands in, after.
    """

    significance: Significance
    reasons: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    words_added: int = 0
    words_removed: int = 0
    score: float = 0.0
    why: str = ""
    sentence_old: str = ""
    sentence_new: str = ""


def is_silent(old: Document, new: Document) -> bool:
    """Tell a silent edit: the body says something else, beyond white space, of the same date."""
    return old.date == new.date and "".join(old.body.split()) != "".join(new.body.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A distinct document in a release's timeline.

    Attributes:
        number: Place in the timeline, from 1.
        digest: Hex SHA-256 of the document's text.
        text: The document as written.
        first_observed: When it was first seen.
        last_observed: When it was last seen.
        captures: How many captures showed it.
        via: The ways they came, comma-separated.
        track: Which timeline.
        id: Its row.
    """

    number: int
    digest: str
    text: str = field(repr=False)
    first_observed: datetime
    last_observed: datetime
    captures: int
    via: str
    track: Track = Track.PAGE
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened between two observations of a release.

    Attributes:
        id: Its row.
        url: The release.
        title: The release's latest known title.
        kind: What happened.
        significance: How much it matters.
        reasons: Why, as in :class:`Difference`.
        fields: Fields that differ.
        after: Last observation of the old state: it happened after this. None for a
            first version.
        before: First observation of the new state: it happened no later than this.
        from_version: Number of the old version, if any.
        to_version: Number of the new version, if any.
        silent: The body was revised under an unchanged date.
        revert: The new version equals an earlier one.
        review: The latest review's verdict, if any.
        words_added: Words the new body adds.
        words_removed: Words the old body loses.
        track: Which timeline it is in.
        release_id: The release's row.
        source: Name of its source.
        ministers: All the release ever named.
        portfolios: Likewise.
        detected_at: When it was recorded.
        run_id: The run that recorded it.
        from_version_id: The old version's row, if any.
        to_version_id: The new version's row, if any.
        group_key: What it shares with the same edit elsewhere, if it can be.
        superseded_by: The change that stands instead since an older capture came in.
        same_as: The page's change that shows the same edit.
    """

    id: int
    url: str
    title: str
    kind: ChangeKind
    significance: Significance
    reasons: tuple[str, ...]
    fields: tuple[str, ...]
    after: datetime | None
    before: datetime
    from_version: int | None
    to_version: int | None
    silent: bool = False
    revert: bool = False
    review: str | None = None
    words_added: int = 0
    words_removed: int = 0
    track: Track = Track.PAGE
    release_id: int = 0
    source: str = ""
    ministers: tuple[str, ...] = ()
    portfolios: tuple[str, ...] = ()
    detected_at: datetime | None = None
    run_id: int = 0
    from_version_id: int | None = None
    to_version_id: int | None = None
    group_key: str | None = None
    superseded_by: int | None = None
    same_as: int | None = None

    @property
    def stands(self) -> bool:
        """A reader is shown it: no other change tells it instead."""
        return self.superseded_by is None and self.same_as is None
