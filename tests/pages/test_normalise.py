"""Pages into documents: the site's own, and pages of its structure with invented text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corrigenda import documents, sources
from corrigenda.errors import ArticleError
from corrigenda.models import ContentType
from corrigenda.reading.normalise import Note, normalise
from tests.pages.noisy import noisy_page

PAGES = Path(__file__).parent / "beehive"
SITE = "https://www.beehive.govt.nz"
BEEHIVE = sources.get("beehive")
OWN = sorted(path.stem for path in PAGES.glob("release-*.html"))


def read(html, url=f"{SITE}/release/x", **options):
    return normalise(html, url, BEEHIVE, **options)


def column(title="Title", time="2026-02-16T00:00:00Z", body="<p>Body.</p>", names="Ada Moana"):
    return f"""<time class="meta__date" datetime=""><time datetime="{time}"> shown </time></time>
<h1 class="article__title">{title}</h1>
<ul class="meta--ministers"><li>{names}</li></ul><em class="tag--portfolio">{names}</em>
<div class="field--name-body">{body}</div>"""


@pytest.mark.parametrize("name", OWN)
def test_own_pages(name):
    html = (PAGES / f"{name}.html").read_bytes()
    expected = (PAGES / f"{name}.md").read_bytes().decode()
    url = documents.read(expected).url
    assert documents.write(read(html, url).document) == expected
    if b"<html" not in html:
        assert documents.write(read(noisy_page(html.decode()), url).document) == expected


@pytest.mark.corpus
def test_every_page_of_the_corpus(corpus):
    pages = sorted((corpus / "pages").glob("*.html"))
    assert len(pages) == 41
    for path in pages:
        html = path.read_bytes()
        expected = expected_document(path.with_suffix(".md"), has_columns=b"<article" in html)
        url = documents.read(expected).url
        alone = read(html, url)
        assert documents.write(alone.document) == expected, path.name
        inside = read(noisy_page(article_in(html.decode())).encode(), url)
        assert documents.write(inside.document) == expected, path.name
        assert inside.aliases == alone.aliases


def expected_document(path, *, has_columns):
    """The document a page of the corpus gives: see the corpus's README."""
    text = path.read_bytes().decode().replace("date: 0001-01-01\n", "")
    document = documents.read(text)
    return text if has_columns else documents.write(replace(document, attachments=()))


def article_in(html):
    start = html.find("<article")
    return html if start < 0 else html[start : html.rindex("</article>") + len("</article>")]


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["challenge-incapsula", "browser-error"])
def test_what_is_no_release_raises(corpus, name):
    with pytest.raises(ArticleError):
        read((corpus / "not-releases" / f"{name}.html").read_bytes())


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"<html><body><p>Please wait</p></body></html>",
        (PAGES / "listing-releases.html").read_bytes(),
        '<article class="node--type-article"><div class="field--name-body"></div></article>',
        '<article class="node--type-article"><h1 class="article__title">x</h1></article>',
    ],
)
def test_what_lacks_the_parts_of_a_release_raises(html):
    with pytest.raises(ArticleError) as caught:
        read(html)
    assert caught.value.url == f"{SITE}/release/x"
    assert caught.value.problem


def test_the_reading_holds_what_the_document_does_not():
    url = f"{SITE}/release/kea-stream-bridge-opens"
    reading = read((PAGES / "release-linked-and-archived.html").read_bytes(), url)
    assert reading.date_attribute == "2026-02-16T12:43:54Z"
    assert reading.date_displayed == "17 February 2026"
    assert reading.date_rule == "utc-day-of-attribute"
    assert reading.node_id == 131072
    assert reading.aliases == (f"{SITE}/release/kea-stream-bridge-%E2%80%98opens%E2%80%99",)
    assert reading.content_type is ContentType.RELEASE
    assert reading.notes == ()
    assert [file.length for file in reading.document.attachments] == [477135, None]


def test_the_address_tells_kind_and_number():
    assert read(column(), f"{SITE}/speech/x").content_type is ContentType.SPEECH
    assert read(column(), f"{SITE}/node/12").node_id == 12


@pytest.mark.parametrize(
    ("attribute", "day", "notes"),
    [
        ("2026-02-16T23:59:59Z", date(2026, 2, 16), ()),
        ("2026-02-17T12:59:59+13:00", date(2026, 2, 16), ()),
        ("2026-02-17T13:00:00+13:00", date(2026, 2, 17), ()),
        ("2026-02-16T20:00:00-05:00", date(2026, 2, 17), ()),
        ("2026-02-16T00:00:00", date(2026, 2, 16), (Note.DATE_WITHOUT_ZONE,)),
        ("2026-02-16", date(2026, 2, 16), (Note.DATE_WITHOUT_ZONE,)),
        ("", None, (Note.NO_DATE,)),
        ("16 February", None, (Note.UNREADABLE_DATE,)),
        ("2026-02-30T00:00:00Z", None, (Note.UNREADABLE_DATE,)),
        ("0001-01-01T00:00:00+13:00", None, (Note.UNREADABLE_DATE,)),
    ],
)
def test_dates(attribute, day, notes):
    reading = read(column(time=attribute))
    assert reading.document.date == day
    assert reading.notes == notes
    assert bool(reading.date_rule) == (day is not None)


@pytest.mark.parametrize(
    ("parts", "notes"),
    [
        ({"title": "", "body": "<p>&nbsp;</p>"}, {Note.EMPTY_TITLE, Note.EMPTY_BODY}),
        ({"names": " "}, {Note.NO_MINISTERS, Note.NO_PORTFOLIOS}),
        ({"title": "A&nbsp;B"}, {Note.UNUSUAL_SPACES}),
        ({"body": "A&nbsp;B"}, set()),
        ({"body": "A\u202fB"}, {Note.UNUSUAL_SPACES}),
        ({"body": "A\u200bB"}, {Note.UNUSUAL_SPACES}),
        ({"body": "A\u0085B\x7f"}, {Note.CONTROL_CHARACTERS}),
        ({"body": "A\aB"}, {Note.CONTROL_CHARACTERS}),
        ({"body": "A&#x7;B"}, {Note.CONTROL_CHARACTERS}),
        ({"body": 'A</div><div class="field--name-body">B'}, {Note.SEVERAL_BODIES}),
        ({"body": 'A<div class="field--name-body">B</div>'}, set()),
        ({"body": "the Governmentâ€™s"}, {Note.MOJIBAKE}),
        ({"body": "the Government\ufffds"}, {Note.MOJIBAKE}),
        ({"body": "M\u0101ori, Ägypten, Ã"}, set()),
    ],
)
def test_notes_flag_and_repair_nothing(parts, notes):
    reading = read(column(**parts))
    assert set(reading.notes) == notes


def test_a_title_keeps_its_inner_spaces_and_loses_the_outer():
    title = read(column(title="\n  Goff  leaves&#160;for “Japan”\u200b&#160;\n")).document.title
    assert title == "Goff  leaves\xa0for “Japan”\u200b"


def test_a_line_break_in_a_title_or_a_name_is_a_space():
    document = read(
        column(title="Goff<br>leaves \n <i>for</i> <br/> Japan", names="Ada<br>\nMoana")
    )
    assert document.document.title == "Goff leaves for Japan"
    assert document.document.ministers == document.document.portfolios == ("Ada Moana",)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (column(title="M\u0101ori").encode(), None),
        (b"\xef\xbb\xbf" + column(title="M\u0101ori").encode(), "iso-8859-1"),
        (column(title="M\u0101ori").encode("utf-16"), None),
        (column(title="M\u0101ori").encode("iso8859-13"), "iso8859-13"),
        (b'<meta charset="utf-8">' + column(title="M\u0101ori").encode(), "no-such-thing"),
    ],
)
def test_encodings(data, encoding):
    assert read(data, encoding=encoding).document.title == "M\u0101ori"


def test_a_page_may_state_its_encoding():
    html = noisy_page(column(title="“Māori”".replace("ā", "â"))).replace("utf-8", "iso-8859-1")
    assert read(html.encode("cp1252")).document.title == "“Mâori”"


def test_bytes_that_do_not_fit_stay_visible():
    reading = read(column(body="<p>Sm\xf8rrebr\xf8d</p>").encode("latin-1"), encoding="utf-8")
    assert reading.document.body == "Sm\ufffdrrebr\ufffdd"
    assert reading.notes == (Note.MOJIBAKE,)


def test_deep_nesting_is_survived():
    body = "<div>" * 30_000 + "deep"
    assert read(column(body=body)).document.body == "deep"
