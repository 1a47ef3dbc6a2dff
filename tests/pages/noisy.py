"""A release's article or main column inside a whole page, with all the noise of a real one."""

from __future__ import annotations

ARTICLE = '<article class="node node--type-article node--view-mode-full ds-three-col">'


def teaser(slug: str) -> str:
    """A teaser as listings and page feet show it: an article with its own title and date."""
    return f"""<article class="node node--type-article node--view-mode-teaser teaser">
<time class="meta meta__date" datetime=""><time datetime="1999-09-09T09:09:09Z">9/9</time>
</time>
<h1 class="article__title"><a href="/release/{slug}">{slug}</a></h1>
<ul class="meta--ministers"><li><span class="is-archived">Minister of {slug}</span></li></ul>
<em class="tag tag--portfolio"><span class="is-archived">Portfolio of {slug}</span></em>
<div class="field--name-body"><p>The start of {slug} …</p></div>
</article>"""


def noisy_page(fragment: str, token: str = "c0ffee") -> str:
    """Build a whole page around an article, or around a main column it first wraps in one."""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Something | Beehive.govt.nz</title>
<link rel="shortlink" href="https://www.beehive.govt.nz/node/999999">
<meta name="csrf-token" content="{token}">
<!-- <article class="node node--type-article"> rendered for {token} -->
<script>var template = '<article class="node node--type-article">{token}</article>';</script>
</head>
<body class="path-{token}">
<nav><ul class="meta--ministers"><li><a href="/minister/x">Hon Chrome Header</a></li></ul>
<em class="tag tag--portfolio"><a href="/portfolio/x">Chrome</a></em>
<time class="meta meta__date" datetime=""><time datetime="2001-01-01T00:00:00Z">Today</time></time>
<a class="social__link" href="http://x.com/?url=https://www.beehive.govt.nz/release/y">Share</a>
<form><input type="hidden" name="form_build_id" value="form-{token}"></form></nav>
<main>{teaser("before")}
{as_article(fragment)}
{teaser("after")}</main>
<footer><aside class="article__related">
<div class="file"><a href="/chrome-{token}.pdf">A file</a></div></aside>
<img src="/logo.png?itok={token}" alt="">
<div class="field--name-body"><p>Crown copyright</p></div></footer>
</body></html>"""


def as_article(fragment: str) -> str:
    """Wrap a main column as the site does; an article stays as it is."""
    if "<article" in fragment:
        return fragment
    return (
        f"{ARTICLE}<header></header>"
        f'<div class="ds-three-col__column ds-three-col__main">{fragment}</div>'
        f'<aside class="ds-three-col__right">{teaser("inside")}</aside></article>'
    )
