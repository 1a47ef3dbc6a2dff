"""Body HTML to Markdown, as html-to-markdown v2 with CommonMark defaults does it."""

from __future__ import annotations

import json
import lzma
import sys

import pytest

from corrigenda.reading.html5 import parse
from corrigenda.reading.markdown import to_markdown
from corrigenda.reading.markdown_tree import MAX_DEPTH


@pytest.mark.corpus
def test_every_body_of_the_corpus(corpus):
    lines = (corpus / "bodies.jsonl").read_text("utf-8").splitlines()
    bodies = [json.loads(line) for line in lines]
    assert len(bodies) == 300
    assert [b["name"] for b in bodies if to_markdown(b["html"]) != b["markdown"]] == []


@pytest.mark.corpus
def test_every_mutated_body_of_the_corpus(corpus):
    with lzma.open(corpus / "mutations.jsonl.xz", "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line) for line in lines]
    assert len(bodies) == 3835
    assert [b["html"] for b in bodies if to_markdown(b["html"]) != b["markdown"]] == []


def check(html, markdown):
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>a\n  b\t c</p>", "a b c"),
        ("<p> a </p>\n\n<p>b</p> c <div>d</div>", "a\n\nb\n\nc\n\nd"),
        ("<p>a <b> b </b> c</p>", "a **b** c"),
        ("<p>a&nbsp;&nbsp;b</p><p>&nbsp;</p><p>c</p>", "a\xa0\xa0b\n\n\xa0\n\nc"),
        ("<p>&nbsp;a&nbsp;</p>", "a"),
        ("<p></p><p>a</p><p> </p>", "a"),
        ("<p>a <img src=x> b</p>", "a ![](x) b"),
        ("<p><a href=x><img src=y>\n\n</a>\n</p>", "[![](y)](x)"),
        ("<!-- c --><script>s</script><style>t</style><p>a</p>", "a"),
        ("<iframe src=x>y</iframe><noscript>n</noscript><textarea>t</textarea>a", "a"),
        ("<o:p>a</o:p><font color=red>b</font><u>c</u><sup>2</sup><center>d</center>", "abc2d"),
    ],
)
def test_white_space_and_plain_elements(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>a<br>b<br/>\nc</p>", "a  \nb  \nc"),
        ("<p>a<br></p><p>b</p>", "a\n\nb"),
        ("<p>a<br><br>b<br><br><br><br>c</p>", "a\n\nb\n\nc"),
        ("<p><br>a</p>", "a"),
        ("<p>a<br>&nbsp;<br>b</p>", "a  \n\xa0  \nb"),
        ("a<hr>b", "a\n\n* * *\n\nb"),
    ],
)
def test_breaks(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<b>a</b><strong>b</strong>", "**ab**"),
        ("<i>a</i> <em>b</em>", "*a* *b*"),
        ("<b>a <span><strong>b</strong></span></b>", "**a b**"),
        ("<b>a <i>b</i></b>", "**a *b***"),
        ("a<b>&nbsp;b&nbsp;</b>c", "a\xa0**b**\xa0c"),
        ("<b>a<br>b</b>", "**a**  \n**b**"),
        ("<b><p>a</p><p>b</p></b>", "**a**\n\n**b**"),
        ("a<b> </b>b<i></i>", "a b"),
        ("<b>a</b><i>b</i><b>c</b>", "**abc**"),
        ("<b>a</b><span><span><b>b</b></span></span><i>c</i>d", "**abc**d"),
        ("<b>a</b> <b>b</b>", "**a** **b**"),
        ("x<b><code>a</code>b</b>y <i><span><code>c</code></span></i>z", "x **`a`b**y *`c`* z"),
    ],
)
def test_emphasis(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<a href=" /x y ">a</a>', "[a](/x%20y)"),
        ('<a href="u" title="t">a</a>', '[a](u "t")'),
        ("<a href='u' title='say \"t\"'>a</a>", "[a](u 'say \"t\"')"),
        ("<a href='u' title='\"it&apos;s\"'>a</a>", '[a](u "\\"it\'s\\"")'),
        ("b<a href=u> a </a>c", "b [a](u) c"),
        ("<a>a</a><a name=n></a><a href=''>b</a>", "[a]()[]()[b]()"),
        ("x:<a><span> </span></a><a href=u>a</a>", "x:[]() [a](u)"),
        ("<b><a href=u>a</a></b>", "[**a**](u)"),
        ("<i><a href=u>a</a></i>", "[*a*](u)"),
        ("<b><span><a href=u>a</a></span></b>", "**[a](u)**"),
        ("<b> <a href=u>a</a>&nbsp;</b>", "[**a**](u)"),
        ("<b>a <a href=u>b</a></b>", "**a [b](u)**"),
        ("<a href=u><p>a</p>b [c<br>d]</a>", "[a  \n\\\nb [c  \nd\\]](u)"),
        ("<a href=u><h3>a</h3></a>", "### [a](u)"),
        ("<a href=u><p>a</p></a>", "[a](u)"),
        ("<a href=u><p>a</p><p>b</p></a>", "[a  \n\\\nb](u)"),
        ("<a href=u>[6]</a> and [6] or [7", "[\\[6\\]](u) and \\[6] or [7"),
        ("<a href=u>a<a href=v>b</a>", "[a](u)[b](v)"),
        ('<img src="a b" alt="An [old]\npier" title="T">', '![An \\[old\\] pier](a%20b "T")'),
        ("a<img alt=x>b", "ab"),
    ],
)
def test_links_and_images(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("href", "written"),
    [
        ("HTTP://Example.nz/A%2fb", "http://Example.nz/A%2fb"),
        ("/m\u0101ori (old) “x”", "/m%C4%81ori%20%28old%29%20%E2%80%9Cx%E2%80%9D"),
        ("/a%20b'c,d;e=f+g@h!", "/a%20b'c,d;e=f+g@h!"),
        ("x?q=a+b/c&d=&e&q=~*", "x?q=a%20b%2Fc&d=&e&q=~%2A"),
        ("x?f[0]=a:1", "x?f%5B0%5D=a%3A1"),
        ("x.pdf?", "x.pdf?"),
        ("x?q=50%", "x?q=50%"),
        ("x#a b=“c”", "x#a%20b=%E2%80%9Cc%E2%80%9D"),
        ("#", "#"),
        ("mailto:a@b.nz?subject=An [x]", "mailto:a@b.nz?subject=An%20%5Bx%5D"),
        ("tel:+64 4 1", "tel:+64%204%201"),
        ("http://example.nz\\a b", "http://example.nz\\a%20b"),
        ("http://example.nz /", "http://example.nz%20/"),
        ("http://example.nz:x/", "http://example.nz:x/"),
        ("50% off", "50%%20off"),
        ("///C:/My Files", "///C:/My%20Files"),
        ("//host/a b$", "//host/a%20b$"),
        ("http:", "http:"),
        ("http://", "http:"),
        ("http://?a", "http:?a"),
        ("http:///a", "http:///a"),
        ("//", ""),
        ("a\nb", "a%0Ab"),
        ("a<b>", "a%3Cb%3E"),
    ],
)
def test_addresses(href, written):
    soup = parse("<div><a>x</a></div>")
    soup.a["href"] = href
    check(soup.div, f"[x]({written})")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>a <b>b</b></h2><h3> </h3>", "## a **b**"),
        ("<h4>a<br>b</h4>", "#### a b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n> \n> b"),
        ("<blockquote><blockquote>a</blockquote></blockquote>", "> > a"),
        ("<blockquote><ul><li>a</li><li>b</li></ul></blockquote>", "> - a\n> - b"),
        ("<pre>a\n\n  b*\n</pre>", "```\na\n\n  b*\n```"),
        ('<pre><code class="x language-py">a```b</code></pre>', "````py\na```b\n````"),
        ("a <code>b*</code><code>c`d</code><code> </code>", "a ``b*c`d``"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"),
        ("<h2>C#</h2><h3>#</h3>", "## C\\#\n\n### \\#"),
        ("<h4>a\n <br>  b <img src=x title='  '></h4>", '#### a b ![](x " ")'),
    ],
)
def test_blocks(html, markdown):
    check(html, markdown)


PARTED_BY_IMAGE = "- a\n\n<!--THE END-->\n\n![](x)\n\n- b"
PARTED_AFTER_QUOTATION = "> - a\n> \n> <!--THE END-->\n\n1. b"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<ul><li>a</li>\n<li> b </li><li></li></ul>", "- a\n- b"),
        ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "- a\n  \n  b\n- c"),
        ("<ul><li>a<ul><li>b<ol><li>c</ul>", "- a\n  \n  - b\n    \n    1. c"),
        ("<ol start=9><li>a<li>b</ol>", "09. a\n10. b"),
        ("<ol start=x><li>a</ol>", "1. a"),
        ("<ol><li>a<pre>x\ny</pre></ol>", "1. a\n   \n   ```\n   x\n   y\n   ```"),
        ("<ul><ul><li>a</ul></ul>", "- - a"),
        ("<ul>a<li>b</li>c</ul>", "- a\n- bc"),
        ("<ul><li>a</ul> <ol><li>b</ol>", "- a\n\n<!--THE END-->\n\n1. b"),
        ("<ul><li>a</ul><ul></ul><p>b</p>", "- a\n\n<!--THE END-->\n\nb"),
        ("<ul><li>a</ul>b<ul><li>c</ul>", "- a\n\nb\n\n- c"),
        ("<li>a</li>", "a"),
        ("<ul><li>a</ul><br><br><ul><li>b</ul>", "- a\n\n<!--THE END-->\n\n- b"),
        ("<ul><li>a</ul><p><img src=x></p><ul><li>b</ul>", PARTED_BY_IMAGE),
        ("<ul><li>a</ul>x<ul><li>b</ul>", "- a\n\nx\n\n- b"),
        ("<ul><li>a</ul><hr><ul><li>b</ul>", "- a\n\n* * *\n\n- b"),
        ("<ul><li>a</ul><p>&nbsp;</p><ul><li>b</ul>", "- a\n\n\xa0\n\n- b"),
        ("<blockquote><ul><li>a</ul></blockquote><ol><li>b</ol>", PARTED_AFTER_QUOTATION),
        ("<ul><li>a<br>&nbsp;<br>- b</ul>", "- a  \n  \xa0  \n  \\- b"),
        ("<ol start=1000000000><li>a<li>b</ol>", "1000000000. a\n1000000001. b"),
    ],
)
def test_lists(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "abc"),
        ("<table>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</table>", "a b"),
        ("<table><tr><td><p>a</p></td><td>b</td></tr></table>", "a\n\nb"),
        ("<table><tr><td>1</td> <td>2</td></tr>\n<tr><td>3</td></tr></table>", "1 2 3"),
    ],
)
def test_tables_are_flattened(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<b><p>a</p><h3>b</h3>c</b>", "**a**\n\n****b****  \n**c**"),
        ("<b>a<blockquote>b</blockquote>c</b>", '**a "b" c**'),
        ("<b>a<hr>b<ul><li>c</li></ul></b>", "**abc**"),
        ("<a href=u>a<h3>b</h3></a>", "[a**b**](u)"),
        ("<a href=u><ul><li>b</li></ul></a>", "[b](u)"),
        ("<i>a<pre>b</pre></i>", "*a`b`*"),
        ("<h3>a<blockquote>b</blockquote></h3>", '### a "b"'),
        ("<span>a<p>b</p></span>c", "a\n\nb\n\nc"),
        ("<span><ul><li>a</li></ul></span>", "- a"),
        ("<u><ul><li>a</li></ul></u>", "- a"),
    ],
)
def test_blocks_inside_a_line_are_said_otherwise(html, markdown):
    check(html, markdown)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1. a", "1\\. a"),
        ("1993. a", "1993\\. a"),
        ("8) a", "8\\) a"),
        ("1.5 a", "1.5 a"),
        ("0800 737 666.", "0800 737 666\\."),
        ("(04) 475 9707. a", "(04) 475 9707. a"),
        ("- a - b", "\\- a - b"),
        ("-a", "-a"),
        ("+ a +b", "\\+ a +b"),
        ("+64 4 817 8709", "+64 4 817 8709"),
        ("* a * b *c d*", "\\* a * b \\*c d*"),
        ("_ a_b _", "_ a\\_b _"),
        ("____", "\\_\\_\\__"),
        ("-----", "\\-----"),
        ("- - -", "\\- - -"),
        ("# a # b", "\\# a # b"),
        ("#a ####### b", "#a ####### b"),
        ("=====", "====="),
        ("a > b &lt;i> &amp;lt; &amp; c", "a &gt; b &lt;i&gt; &lt; & c"),
        ("> a", "&gt; a"),
        ("`a` \\ b", "\\`a\\` \\\\ b"),
        ("~~~ a", "\\~~~ a"),
        ("~5", "~5"),
        ("[a] b] [c", "\\[a] b] [c"),
        ("a!", "a!"),
        ("a | b $5 \"c\" 'd' (e)", "a | b $5 \"c\" 'd' (e)"),
    ],
)
def test_escapes(text, written):
    check(f"<p>{text}</p>", written)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("a<br>-b<br>=c", "a  \n\\-b  \n\\=c"),
        ("<p>a</p><p>-b</p>", "a\n\n-b"),
        ("<ul><li>- a</li><li>1. b</li></ul>", "- \\- a\n- 1\\. b"),
        ("<blockquote># a</blockquote>", "> # a"),
        ("<b>1.</b> a", "**1.** a"),
        ("a<br>&nbsp;- b", "a  \n\xa0- b"),
        ("<blockquote>- a<br>1. b</blockquote>", "> - a  \n> 1. b"),
        ("<ul><li>a<blockquote>- b</blockquote></ul>", "- a\n  \n  > - b"),
        ("![a] !<a href=u>b</a>", "!\\[a] \\![b](u)"),
        ("```` a", "\\```` a"),
        ("a <b>*</b>", "a **\\***"),
        ("<h4>5. a</h4>", "#### 5. a"),
    ],
)
def test_escapes_depend_on_the_finished_line(html, markdown):
    check(html, markdown)


def test_markup_and_tree_give_the_same_and_the_tree_stays_as_it_was():
    html = "<div><p>a <b>b</b><b>c</b></p><!-- d --><ul>e<li>f</ul></div>"
    body = parse(html).div
    before = str(body)
    assert to_markdown(body) == to_markdown(html) == "a **bc**\n\n- e\n- f"
    assert str(body) == before


def test_surrogates_are_replaced():
    check("<p>a\udc01\udc02b</p>", "a\ufffd\ufffdb")
    check('<a href="\ud800"><code>\udc01</code></a>', "[`\ufffd`](%EF%BF%BD)")


def test_elements_beyond_the_depth_limit_keep_their_text():
    depth = MAX_DEPTH * 4
    check("<span>" * depth + "a <b>b</b>" + "</span>" * depth + "<p>c</p>", "a b\n\nc")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "a",
        "<ul><li>" * 20_000 + "a",
        "<div></x>" * 20_000 + "a",
        "a<br> " * 20_000,
        "- + " * 20_000,
        "[" * 20_000,
    ],
    ids=["div", "ul", "unclosed", "br", "marks", "brackets"],
)
def test_hostile_bodies_are_survived(html):
    assert to_markdown(html)


def work(html):
    """Count the calls that converting takes, Python's own and C's."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        assert to_markdown(html)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "shape",
    [
        lambda n: "<p>" + "a<br>&amp;" * n,
        lambda n: "<p>" + "a<br>&nbsp;- b" * n,
        lambda n: "<p>" + "<b>" * (n // 3) + "<div>x</div>" * n,
        lambda n: "<ul><li>a</ul><br>" * n,
        lambda n: "<b>a</b><span></span>" * n,
        lambda n: "<b><p>x</b>" * n,
        lambda n: "<ul><li>" * 40 + "a<br>- b" * n,
        lambda n: "<table>" + "x<tr><td>a</td>" * n,
    ],
    ids=["entities", "marks", "unclosed", "lists", "spans", "misnested", "nested", "cells"],
)
def test_work_grows_as_the_body_does(shape):
    assert work(shape(600)) < 2.3 * work(shape(300))


def test_emphasis_never_closed_is_not_opened_anew_without_bound():
    opened = "".join(f"<b id=b{n}>" for n in range(400))
    elements = parse("<p>" + opened + "</p>" + "<div>x</div>" * 2_000).find_all()
    assert len(elements) < 20_000
    assert to_markdown("<p>" + opened + "</p>" + "<div>x</div>" * 2_000).count("**x**") == 2_000


def test_a_few_unclosed_tags_are_read_as_browsers_read_them():
    opened = "".join(f"<b id=b{n}>" for n in range(20))
    assert len(parse("<p>" + opened + "</p>" + "<div>x</div>" * 100).find_all("b")) == 20 * 101
