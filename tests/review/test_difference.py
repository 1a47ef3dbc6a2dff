"""The difference of two bodies as a page shows it, and the sentence that leads it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.parts.difference import Paragraph, Stretch, difference, text_as_read
from review.parts.telling import because, telling
from review.parts.words import Headline, headline

TEXTS = st.text(alphabet="ab \n.,$12*#[]()_-“\u00a0", max_size=80)


def told(found: list[Stretch]) -> list[tuple[str, str]]:
    """What is shown, with its fate."""
    return [(p.kind, p.text) for s in found for each in s.paragraphs for p in each.pieces]


def plain(paragraph: Paragraph) -> str:
    marks = {"␣": " ", "⍽": "\u00a0", "↵": ""}
    return "".join(marks.get(c, c) for piece in paragraph.after for c in piece.text)


def test_a_currency_sign_goes_with_its_figure() -> None:
    found = difference("It costs $5 now.", "It costs $6 now.")
    shown = [("keep", "It costs "), ("delete", "$5"), ("insert", "$6"), ("keep", " now.")]
    assert told(found.words) == told(found.exact) == shown


def test_white_space_that_changed_is_seen_in_the_exact_text_alone() -> None:
    found = difference("one two", "one\u00a0two")
    assert [t for k, t in told(found.exact) if k != "keep"] == ["␣", "⍽"]
    assert [s.changed for s in found.words] == [False]
    assert found.setting


@given(TEXTS, TEXTS)
def test_the_exact_new_side_is_the_new_body(old: str, new: str) -> None:
    shown = [
        plain(paragraph)
        for stretch in difference(old, new).exact
        for paragraph in stretch.paragraphs
        if paragraph.kind != "removed"
    ]
    assert "\n\n".join(shown) == new


@given(TEXTS, TEXTS)
def test_stretches_alternate_between_changed_and_not(old: str, new: str) -> None:
    for found in (difference(old, new).words, difference(old, new).exact):
        assert all(a.changed != b.changed for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A **bold** word.", "A bold word."),
        ("Some text.", "## Some text."),
        ("- one\n- two", "* one\n* two"),
        ('He said "yes".', "He said “yes”."),
    ],
)
def test_formatting_alone_is_no_difference_of_words(old: str, new: str) -> None:
    found = difference(old, new)
    assert not any(s.changed for s in found.words)
    assert any(s.changed for s in found.exact)
    assert found.setting


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("## A heading", "A heading"),
        ('See [the *report*](https://example.org/a_(b).pdf "now").', "See the report."),
        ("- one\n- two", "• one\n• two"),
        ("1\\. Not a list", "1. Not a list"),
        ("5 * 3 is snake_case", "5 * 3 is snake_case"),
        ("> quoted", "quoted"),
        ("<https://example.org/>", "https://example.org/"),
    ],
)
def test_no_marks_are_read(markdown: str, read: str) -> None:
    assert "".join(p.text for each in text_as_read(markdown) for p in each.pieces) == read


def test_a_link_that_leads_elsewhere_is_told_though_no_word_differs() -> None:
    found = difference("[Here](https://a.example/x) it is.", "[Here](https://b.example/y) it is.")
    (paragraph,) = (p for s in found.words if s.changed for p in s.paragraphs)
    assert paragraph.relinked


def test_a_table_is_compared_cell_by_cell() -> None:
    table = "| Year | Cost |\n| --- | --- |\n| 2008 | {} |"
    (stretch,) = difference(table.format("$5m"), table.format("$6m")).words
    rows = stretch.paragraphs[0].rows
    cells = [["".join(p.text for p in cell).strip() for cell in row] for row in rows]
    assert cells[0] == ["Year", "Cost"]
    assert [p.kind for p in rows[1][1] if p.text.strip()] == ["delete", "insert", "keep"]


OLD = "Nothing here. The bridge costs $16,172 million, Ms Reed says. It opens in May.\n\nMore."


def test_the_most_telling_change_is_shown_in_its_sentence() -> None:
    words = difference(OLD, OLD.replace("16,172", "16,712")).words
    sentence = telling(words, headline('figure: "$16,172" became "$16,712"'))
    assert "".join(p.text for p in sentence if p.kind != "insert") == (
        "The bridge costs $16,172 million, Ms Reed says."
    )
    assert [p.kind for p in sentence] == ["keep", "delete", "insert", "keep"]


def test_words_that_stand_nowhere_lead_to_no_sentence() -> None:
    words = difference(OLD, OLD.replace("May", "June")).words
    assert telling(words, headline('title: "Alpha" became "Beta"')) == ()


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_reason_and_any_texts_give_some_sentence_or_none(
    old: str, new: str, gone: str, come: str
) -> None:
    for piece in telling(difference(old, new).words, Headline(label="x", old=gone, new=come)):
        assert piece.text


def test_why_is_said_in_a_clause() -> None:
    assert because(headline('figure: "5" became "6"'), "revised") == "a figure in the text changed"
    assert "bears" in because(headline('date: "2008-01-01" became "2008-01-02"'), "revised")
    assert because(Headline(text="there again"), "restored") == ""
