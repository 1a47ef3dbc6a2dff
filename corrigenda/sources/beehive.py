"""www.beehive.govt.nz: the New Zealand Government's releases (docs/design.md, "The site as known").

An article stands in ``article.node--type-article``; its text in the main column
(``div.ds-three-col__main``), files and share links in the columns beside it. Menus,
teasers and the foot of the page repeat ministers, portfolios and dates, so nothing is
read outside the article, and inside it nothing from teasers or from the body's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import Tag

from corrigenda.errors import InvalidURL
from corrigenda.models import Attachment, ContentType, Entry
from corrigenda.reading.cutting import Cutter
from corrigenda.reading.html5 import parse
from corrigenda.reading.parts import ArticleParts, line
from corrigenda.sources.protocol import Source
from corrigenda.urls import canonical

HOST = "www.beehive.govt.nz"
_ITEMS = {
    "release": ContentType.RELEASE,
    "speech": ContentType.SPEECH,
    "feature": ContentType.FEATURE,
    "node": ContentType.RELEASE,  # a node does not say what it is; nearly all are releases
}
_LISTINGS = frozenset(
    {"", "releases", "speeches", "features", "search"}
    | {"minister", "ministers", "portfolio", "portfolios"}
)
# The feed's guids leave out "node": https://www.beehive.govt.nz/123 is item 123.
# More digits than the store's integers hold are no number of an item.
_NODE = re.compile(r"/(?:node/)?([0-9]{1,18})")
# A minister or a portfolio is a term; its page has a feed of its own.
_TERM = re.compile(
    rb"""href=["'](?:https?://(?:www\.)?beehive\.govt\.nz)?/taxonomy/term/([0-9]{1,9})(?:/feed)?["'?#]"""
)
_LENGTH = re.compile(r";\s*length=([0-9]{1,15})(?![0-9])")

_ARTICLES = Cutter(
    named="node--type-article",
    # A page saved without its ``article`` tag still has the main column; whole, it will do.
    column=".ds-three-col__main:has(h1.article__title):has(.field--name-body)",
    pieces=("article__title", "field--name-body"),
)


class Beehive(Source):
    """The adapter for www.beehive.govt.nz; see :class:`~corrigenda.sources.protocol.Source`."""

    name = "beehive"
    title = "Beehive.govt.nz"
    hosts: tuple[str, ...] = (HOST, "beehive.govt.nz")
    home = f"https://{HOST}/"
    feeds: tuple[str, ...] = (
        f"https://{HOST}/rss.xml",
        f"https://{HOST}/releases/feed",
        f"https://{HOST}/speeches/feed",
        f"https://{HOST}/features/feed",
    )
    sitemap_url = f"https://{HOST}/sitemap.xml"
    credited: tuple[str, ...] = ("ministers", "portfolios")

    def canonical(self, url: str) -> str:
        """Return the canonical form: of the site's two hosts and schemes, one each."""
        address = canonical(url, base=self.home)
        parts = urlsplit(address)
        if parts.netloc in self.hosts:
            address = parts._replace(scheme="https", netloc=HOST).geturl()
        return address

    def content_type(self, url: str) -> ContentType | None:
        """Return what a canonical URL names, or None when it is not an item we follow."""
        kind, slug = self._place(url)
        if not slug or (kind == "node" and not slug.isdigit()):
            return None
        return _ITEMS.get(kind)

    def is_listing(self, url: str) -> bool:
        """Tell whether a canonical URL is the home page or a list of items."""
        return urlsplit(url).netloc in self.hosts and self._place(url)[0] in _LISTINGS

    def node_id(self, url: str) -> int | None:
        """Return the number in ``/node/123``, or in a feed's guid ``/123``."""
        match = _NODE.fullmatch(urlsplit(url).path)
        return int(match.group(1)) if match else None

    def feeds_in(self, page: bytes) -> Sequence[str]:
        """Return the feeds of the ministers and portfolios that a page links to."""
        numbers = dict.fromkeys(match.group(1).decode() for match in _TERM.finditer(page))
        return [f"{self.home}taxonomy/term/{number}/feed" for number in numbers]

    def listing_url(self, page: int) -> str:
        """Return the address of a page of releases, counted from 0, 24 to a page."""
        return f"{self.home}releases?page={page}"

    def find_article(self, page: str) -> str | None:
        """Cut the article out of a page."""
        return _ARTICLES.cut(page)

    def read_article(self, article: Tag, url: str) -> ArticleParts:
        """Find the parts of an article."""
        root = _ARTICLES.find(article) or article
        main = root.select_one(".ds-three-col__main") or root
        bodies = list(_own(main, ".field--name-body"))
        body = bodies[0] if bodies else None
        title = next(_own(main, "h1.article__title", beside=body), None)
        time = next(_own(main, "time.meta__date time[datetime]", beside=body), None)
        return ArticleParts(
            title=None if title is None else line(title),
            date_attribute=None if time is None else str(time["datetime"]),
            date_displayed=None if time is None else time.get_text(),
            ministers=_names(_own(main, "ul.meta--ministers > li", beside=body)),
            portfolios=_names(_own(main, "em.tag--portfolio", beside=body)),
            attachments=tuple(_attachments(root, url)),
            body=body,
            aliases=tuple(self._aliases(root, url)),
            node_id=_own_number(root),
            further_bodies=sum(bodies[0] not in other.parents for other in bodies[1:]),
        )

    def read_listing(self, html: bytes, url: str) -> Sequence[Entry]:
        """Return the entries of a listing page, in page order."""
        page = parse(html.decode("utf-8", "replace"))
        entries = (self._entry(teaser, url) for teaser in page.select("article.teaser"))
        return [entry for entry in entries if entry]

    def _place(self, url: str) -> tuple[str, str]:
        """Split a URL of the site into its first path segment and what follows."""
        parts = urlsplit(url)
        if parts.netloc not in self.hosts:
            return "-", ""
        kind, _, slug = parts.path.removeprefix("/").partition("/")
        return kind, slug

    def _aliases(self, root: Tag, url: str) -> Iterator[str]:
        """Yield the item URLs that share links name, other than the page's own, each once."""
        seen = {url}
        for link in root.select("a.social__link[href]"):
            for name, value in parse_qsl(urlsplit(str(link["href"])).query):
                with suppress(InvalidURL):
                    shared = self.canonical(value) if name in ("u", "url") else url
                    if shared not in seen and self.content_type(shared):
                        seen.add(shared)
                        yield shared

    def _entry(self, teaser: Tag, url: str) -> Entry | None:
        """Read one teaser; None when it links to nothing we follow."""
        headlines = teaser.select(":is(h1, h2, h3, h4) a[href]")
        for link in [*headlines, *teaser.select("a[href]")]:
            with suppress(InvalidURL):
                address = self.canonical(urljoin(url, str(link["href"])))
                if self.content_type(address):
                    times = teaser.select("time[datetime]")
                    return Entry(
                        url=address,
                        channel="listing",
                        title=line(link).strip() or None,
                        published_at=next(filter(None, map(_moment, times)), None),
                        node_id=_own_number(teaser) or self.node_id(address),
                    )
        return None


def _own(main: Tag, selector: str, *, beside: Tag | None = None) -> Iterator[Tag]:
    """Yield what matches in the main column, but neither in teasers nor in the body."""
    for tag in main.select(selector):
        for parent in tag.parents:
            if parent is main:
                yield tag
            if parent is main or parent is beside or parent.name == "article":
                break


def _names(items: Iterator[Tag]) -> tuple[str, ...]:
    """Return the names of ministers or portfolios, linked or archived."""
    return tuple(line(item.select_one(".minister__title, .is-archived") or item) for item in items)


def _attachments(root: Tag, url: str) -> Iterator[Attachment]:
    for link in root.select("aside.article__related .file a[href]"):
        length = _LENGTH.search(str(link.get("type", "")))
        yield Attachment(
            url=urljoin(url, str(link["href"]).strip()),
            length=int(length.group(1)) if length else None,
        )


def _own_number(article: Tag) -> int | None:
    """Return the node number an article states about itself."""
    stated = (f"/{article.get('data-history-node-id', '')}", str(article.get("about", "")))
    found = next(filter(None, map(_NODE.fullmatch, stated)), None)
    return int(found.group(1)) if found else None


def _moment(time: Tag) -> datetime | None:
    """Return a teaser's time in UTC; None where it says none that can be read."""
    try:
        moment = datetime.fromisoformat(str(time["datetime"]))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
