"""How the replica's pages look: the first site's structure, with noise around it.

The chrome repeats ministers, portfolios and dates, and every response carries fresh
tokens: a reader that looks outside the article reads wrongly, and a hash of the whole
page never repeats.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from commands.demo.items import SITE, Item


def article_page(item: Item, others: Sequence[Item]) -> str:
    """Return the full page of one item."""
    return _page(item.title, f"{_article(item)}\n{_teasers(others[:3])}")


def listing_page(items: Sequence[Item], page: int) -> str:
    """Return one page of the list of releases."""
    return _page(f"Releases, page {page + 1}", f'<div class="view">{_teasers(items)}</div>')


def home_page(items: Sequence[Item]) -> str:
    """Return the front page."""
    return _page("Beehive.govt.nz", _teasers(items[:5]))


def not_found_page() -> str:
    """Return the site's 404 page."""
    return _page("Page not found", "<h1>Page not found</h1><p>It may have moved.</p>")


def challenge_page() -> str:
    """Return a bot challenge as the site's protection words it, unlike itself each time."""
    incident = f"{secrets.randbelow(10**18)}-{secrets.randbelow(10**18)}"
    return (
        '<html style="height:100%"><head><meta name="ROBOTS" content="NOINDEX, NOFOLLOW">'
        f'<script src="/{secrets.token_urlsafe(9)}" async=""></script></head>'
        f'<body style="margin:0px"><iframe id="main-iframe" src="/_Incapsula_Resource?'
        f'SWUDNSAI=31&amp;incident_id={incident}&amp;cip=127.0.0.1" width="100%">'
        f"Request unsuccessful. Incapsula incident ID: {incident}</iframe></body></html>"
    )


def feed(items: Sequence[Item]) -> str:
    """Return the RSS feed, the newest thirty first."""
    entries = "\n".join(
        f"<item><title>{escape(item.title)}</title><link>{item.url}</link>"
        f"<description><![CDATA[{item.body}]]></description>"
        f"<pubDate>{format_datetime(item.published)}</pubDate>"
        f'<guid isPermaLink="false">{SITE}/{item.node}</guid></item>'
        for item in items[:30]
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>Beehive.govt.nz</title><link>{SITE}/</link>\n{entries}\n</channel></rss>"
    )


def sitemap(items: Sequence[Item]) -> str:
    """Return the sitemap."""
    locations = "".join(f"<url><loc>{item.url}</loc></url>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>'
    )


def _article(item: Item) -> str:
    ministers = "\n".join(f"<li>{_term(name, item, 'minister')}</li>" for name in item.ministers)
    portfolios = "\n".join(
        f'<em class="tag tag--portfolio">{_term(name, item, "portfolio")}</em>'
        for name in item.portfolios
    )
    shown = f"{item.published.day} {item.published:%B %Y}"
    return f"""<article class="node node--type-article node--view-mode-full ds-three-col">
<aside class="ds-three-col__column ds-three-col__left"><div class="social share">
<a class="social__link" href="http://twitter.com/intent/tweet?url={item.url}">Twitter</a>
<a class="social__link" href="http://facebook.com/sharer.php?u={item.url}">Facebook</a></div></aside>
<div class="ds-three-col__column ds-three-col__main">
<time class="meta meta__date" datetime=""><time datetime="{item.published:%Y-%m-%dT%H:%M:%SZ}">\
{shown}</time>
</time>
<h1 class="article__title">
  {escape(item.title, quote=False)}
</h1>
<ul class="meta--ministers">
{ministers}
</ul>
{portfolios}
<div class="prose field field--name-body field--type-text-with-summary">{item.body}</div>
</div>
{_attachments(item)}
</article>"""


def _term(name: str, item: Item, kind: str) -> str:
    """Return a minister or portfolio: linked, or plain once its term has ended."""
    if item.archived:
        return f'<span class="is-archived">\n  {escape(name, quote=False)}\n</span>'
    slug = name.lower().replace(" ", "-")
    text = f'<div class="field {kind}__title">  {escape(name, quote=False)}\n</div>'
    return f'<a href="/{kind}/{slug}" class="{kind}__link">{text}</a>'


def _attachments(item: Item) -> str:
    if not item.attachments:
        return ""
    files = "\n".join(
        f'<span class="file file--application-pdf"><a href="{SITE}/sites/default/files/{name}" '
        f'type="application/pdf; length={length}">{name}</a></span>'
        for name, length in item.attachments
    )
    return f'<aside class="article__related">{files}</aside>'


def _teasers(items: Sequence[Item]) -> str:
    return "\n".join(
        f"""<article class="node node--type-article node--view-mode-teaser teaser">
<time class="meta meta__date" datetime="{item.published:%Y-%m-%dT%H:%M:%SZ}">\
{item.published:%d %B %Y}</time>
<h2 class="teaser__title"><a href="{item.path}">{escape(item.title, quote=False)}</a></h2>
<ul class="meta--ministers"><li>{escape(", ".join(item.ministers))}</li></ul>
</article>"""
        for item in items
    )


def _page(title: str, main: str) -> str:
    """Return a whole page around its main part, with tokens no other response has."""
    token = secrets.token_hex(16)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | Beehive.govt.nz</title>
<meta name="csrf" content="{token}"><script src="/_Incapsula_Resource?SWJIYLWA={token}"></script>
</head><body class="path-{token[:6]}">
<nav><ul class="meta--ministers"><li><a href="/minister/pm">Rt Hon Somebody Else</a></li></ul>
<em class="tag tag--portfolio"><a href="/portfolio/all">Every Portfolio</a></em>
<time class="meta__date" datetime=""><time datetime="2001-01-01T00:00:00Z">today</time></time></nav>
<main id="main-content">
{main}
</main>
<footer><form><input type="hidden" name="form_build_id" value="form-{token}"></form>
<img src="/sites/default/files/logo.png?itok={token[:8]}" alt="Beehive"></footer>
</body></html>"""
