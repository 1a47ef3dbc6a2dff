"""What the replica publishes: the five seeds and a few releases of our own.

The seeds are real documents; the others are invented, in the publisher's manner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from html import escape
from pathlib import Path

from corrigenda import documents
from corrigenda.urls import slug_of

SITE = "https://www.beehive.govt.nz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing the replica publishes.

    Attributes:
        node: Its number.
        slug: Last part of its address, percent-encoded.
        title: Plain text.
        published: Its time, in the page and in the feed.
        ministers: Names.
        portfolios: Names.
        body: HTML.
        attachments: File name and size in bytes.
        archived: Ministers and portfolios are plain text, as after a change of government.
        section: ``release``, ``speech`` or ``feature``.
    """

    node: int
    slug: str
    title: str
    published: datetime
    ministers: tuple[str, ...]
    portfolios: tuple[str, ...]
    body: str
    attachments: tuple[tuple[str, int], ...] = ()
    archived: bool = False
    section: str = "release"

    @property
    def path(self) -> str:
        """Its path on the site."""
        return f"/{self.section}/{self.slug}"

    @property
    def url(self) -> str:
        """Its canonical URL."""
        return SITE + self.path


def seeds_folder() -> Path:
    """Return where the sample documents are: in the checkout, or in the installed package."""
    installed = Path(__file__).parent / "seeds"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "seeds"


def seed_items() -> list[Item]:
    """Return the sample documents as things to publish."""
    return [
        _from_document(1000 + number, path)
        for number, path in enumerate(sorted(seeds_folder().glob("*.md")))
    ]


def own_items() -> list[Item]:
    """Return the invented releases."""
    return [
        Item(
            node=2001,
            slug="harbour-bridge-upgrade-funded",
            title="Harbour bridge upgrade funded",
            published=datetime(2026, 5, 4, 2, 15, tzinfo=UTC),
            ministers=("Hon Mere Tautahi",),
            portfolios=("Transport", "Infrastructure"),
            body=(
                "<p>The Government will spend $16,712 million on strengthening the harbour bridge "
                "over the next 4 years, Transport Minister Mere Tautahi announced today.</p>\n"
                "<p>“The bridge carries 170,000 vehicles a day. It will be ready for a "
                "larger city,” Ms Tautahi says.</p>\n"
                "<h2>What is funded</h2>\n"
                "<ul>\n<li>New bearings on both approaches;</li>\n"
                "<li>a second path for people on foot; and</li>\n"
                "<li>sensors that watch the <strong>main span</strong>.</li>\n</ul>\n"
                "<p>Work begins on 1 July 2026.</p>"
            ),
            attachments=(("bridge-fact-sheet.pdf", 184_320),),
        ),
        Item(
            node=2002,
            slug="rural-clinics-open-longer",
            title="Rural clinics open longer",
            published=datetime(2026, 5, 5, 21, 30, tzinfo=UTC),
            ministers=("Hon Piripi Rangihuna", "Hon Alice Brook"),
            portfolios=("Health", "Rural Communities"),
            body=(
                "<p>Twelve rural clinics will stay open until 8pm from next month, Health "
                "Minister Piripi Rangihuna says.</p>\n"
                "<p>“Nobody should have to drive two hours for a prescription,” "
                "Mr Rangihuna says.</p>\n"
                "<p>Media contact: Jo Field, 021 555 0123</p>"
            ),
        ),
        Item(
            node=2003,
            slug="kiwi-sanctuary-extended",
            title="Kiwi sanctuary “extended”",
            published=datetime(2026, 5, 6, 0, 5, tzinfo=UTC),
            ministers=("Hon Tama Whetū",),
            portfolios=("Conservation",),
            body=(
                "<p>The kiwi sanctuary on the eastern ranges grows by 320 hectares, "
                "Conservation Minister Tama Whetū says.</p>\n"
                "<p>“Forty pairs now breed there.” See <a "
                'href="/release/rural-clinics-open-longer">an earlier announcement</a>.</p>'
            ),
        ),
        Item(
            node=2004,
            slug="new-judges-appointed",
            title="New judges appointed",
            published=datetime(2026, 5, 6, 3, 0, tzinfo=UTC),
            ministers=("Hon Ruth Calder",),
            portfolios=("Attorney-General",),
            body="<p>Three lawyers have been appointed as judges of the District Court.</p>",
            archived=True,
        ),
        Item(
            node=2005,
            slug="ferry-terminal-report-released",
            title="Ferry terminal report released",
            published=datetime(2026, 5, 6, 22, 45, tzinfo=UTC),
            ministers=("Hon Mere Tautahi",),
            portfolios=("Transport",),
            body="<p>The report on the ferry terminals is published today.</p>",
        ),
        Item(
            node=2006,
            slug="statement-on-the-storm",
            title="Statement on the storm",
            published=datetime(2026, 5, 7, 1, 0, tzinfo=UTC),
            ministers=("Hon Alice Brook",),
            portfolios=("Emergency Management",),
            body="<p>Emergency services are working through the night.</p>",
        ),
    ]


def _from_document(node: int, path: Path) -> Item:
    """Make a page of a document, so that reading the page gives the document back."""
    document = documents.read(path.read_text("utf-8"), where=path.name)
    assert document.date is not None
    return Item(
        node=node,
        slug=slug_of(document.url),
        title=document.title,
        published=datetime.combine(document.date, time(3, 0), UTC),
        ministers=document.ministers,
        portfolios=document.portfolios,
        body="\n".join(_paragraph(text) for text in document.body.split("\n\n")),
        archived=document.date.year < 2023,
    )


def _paragraph(markdown: str) -> str:
    """Write one paragraph of a seed as HTML; their only mark-up is links."""
    html = escape(markdown, quote=False)
    linked = re.sub(r"\[([^]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', html)
    return f"<p>{linked}</p>"
