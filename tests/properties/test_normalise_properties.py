"""What no template and no markup may cause."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # rich brings it

from corrigenda import sources
from corrigenda.reading.html5 import parse
from corrigenda.reading.markdown import to_markdown
from corrigenda.reading.normalise import normalise
from tests.pages.noisy import noisy_page

URL = "https://www.beehive.govt.nz/release/x"
BEEHIVE = sources.get("beehive")
TAGS = (
    "p div span b strong i em a ul ol li table tr td blockquote h2 h3 pre code sup u o:p font dl dt"
).split(" ")
TEXT = st.text(alphabet="ab1 .-*_#>+[]()!`~\\<&;=\n\xa0é“", max_size=12)
TOKEN = st.text(alphabet="0123456789abcdef-_", min_size=1, max_size=20)
PIECE = st.one_of(
    TEXT,
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
    st.sampled_from(["<br>", "<hr/>", "<!-- c -->", "&nbsp;", "&amp;", "<ol start=9>"]),
    TEXT.map(lambda href: f'<a href="{href}" title="{href}">'),
    TEXT.map(lambda alt: f'<img src="/a b.png" alt="{alt}">'),
)
MARKUP = st.lists(PIECE, max_size=25).map("".join)


def column(body, token):
    return f"""<time class="meta__date"><time datetime="2026-02-16T00:00:00Z">Monday</time></time>
<h1 class="article__title">Title</h1>
<ul class="meta--ministers"><li><img src="/p.jpg?itok={token}"><div class="minister__title">Ada
</div></li></ul><em class="tag--portfolio">Bridges</em>
<div class="field--name-body">{body}</div>"""


@given(body=MARKUP, one=TOKEN, other=TOKEN)
@settings(max_examples=60, deadline=None)
def test_template_noise_never_shows(body, one, other):
    body = closed(body)
    alone = normalise(column(body, one), URL, BEEHIVE)
    inside = normalise(noisy_page(column(body, other), other), URL, BEEHIVE)
    assert inside == alone


def closed(markup):
    """Close what the markup leaves open: it would swallow the rest of the page, in any reader."""
    return parse(markup).body.decode_contents()


@given(html=st.one_of(MARKUP, st.text(max_size=200)))
@settings(max_examples=200, deadline=None)
def test_any_markup_gives_one_markdown(html):
    markdown = to_markdown(html)
    assert to_markdown(html) == markdown
    assert markdown == markdown.strip("\n ")
    assert not any("\ud800" <= character <= "\udfff" for character in markdown)


@given(text=st.text(alphabet="ab1 .)-*_#>+[]!`~\\=", min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_text_is_never_read_as_markup(text):
    tokens = MarkdownIt("commonmark").parse(to_markdown(f"<p>{text}</p>"))
    kinds = {child.type for token in tokens for child in token.children or [token]}
    assert kinds <= {"paragraph_open", "paragraph_close", "text"}
