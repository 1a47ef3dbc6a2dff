"""Reading and writing are inverse, whatever the text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corrigenda import documents
from corrigenda.errors import DocumentError
from corrigenda.models import Attachment, Document

# What YAML would read as something else, or trip over.
AWKWARD = st.sampled_from(
    [
        "yes",
        "No",
        "1.0",
        "0x1f",
        "1_000",
        "12:30:45",
        "null",
        "~",
        "2001-01-01",
        "<<",
        "=",
        "- a",
        "? b",
        "a: b",
        "a:",
        "a #b",
        "#",
        "'x'",
        '"x"',
        "[a]",
        "{a: b}",
        "&a",
        "*a",
        "!t",
        "%p",
        "@x",
        "`y`",
        ">",
        "---",
        "...",
        "\\",
        "🐦",
        "  pad ",
        "a\tb",
        "a\u2028b",
        "\x85",
        "\ufeffx",
        "a\n\nb",
        "\xa0x\xa0",
        "",
    ]
)
SYNTAX = st.text(alphabet="ab01 -:#'\"\n\r\t[]{}?&*!|>%@`,\u00a0\u2028\\")
TEXT = st.one_of(st.text(), AWKWARD, SYNTAX)
ITEMS = st.lists(TEXT, max_size=4).map(tuple)
BODIES = st.one_of(TEXT, SYNTAX.map(lambda text: f"---\n{text}\n---\n\n{text}"))

DOCUMENTS = st.builds(
    Document,
    title=TEXT,
    date=st.none() | st.dates(),
    url=TEXT,
    ministers=ITEMS,
    portfolios=ITEMS,
    attachments=ITEMS.map(lambda urls: tuple(Attachment(url=url) for url in urls)),
    body=BODIES,
)


@given(DOCUMENTS)
def test_read_undoes_write(document: Document) -> None:
    assert documents.read(documents.write(document)) == document


@given(DOCUMENTS)
def test_write_undoes_read(document: Document) -> None:
    text = documents.write(document)
    assert documents.write(documents.read(text)) == text


@given(DOCUMENTS, st.text().map(str.strip))
def test_a_trimmed_body_survives(document: Document, body: str) -> None:
    trimmed = replace(document, body=body)
    assert documents.read(documents.write(trimmed)).body == body


@given(DOCUMENTS, st.data())
def test_damaged_text_is_read_or_refused_never_a_traceback(
    document: Document, data: st.DataObject
) -> None:
    text = documents.write(document)
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(TEXT) + text[at + data.draw(st.integers(0, 9)) :]
    try:
        read = documents.read(damaged)
    except DocumentError:
        return
    assert documents.read(documents.write(read)) == read
