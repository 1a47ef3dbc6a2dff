"""Reasons taken apart, differences laid out: by example and by property."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.models import Attachment, Document
from review.parts.words import body_difference, field_changes, headline

TEXTS = st.lists(
    st.sampled_from(
        ["The levy is $5.", "It will not rise.", "One two three four.", "  ", "é\u00a0x"]
    ),
    max_size=6,
).map("\n\n".join)


@pytest.mark.parametrize(
    ("reason", "label", "old", "new"),
    [
        (
            'figure: "$16,712 million" became "$16,172 million"',
            "figure",
            "$16,712 million",
            "$16,172 million",
        ),
        ('negation: "will not be" removed', "negation", "will not be", ""),
        ('quote: "ready soon" added', "quote", "", "ready soon"),
        ('removed: "The work ends."', "removed", "The work ends.", ""),
        ('added: "A paragraph."', "added", "", "A paragraph."),
        ('title: "He said "no"" became "He said "yes""', "title", 'He said "no"', 'He said "yes"'),
    ],
)
def test_a_reason_is_taken_apart(reason: str, label: str, old: str, new: str) -> None:
    found = headline(reason)
    assert (found.label, found.old, found.new, found.text) == (label, old, new, "")


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "white space or the style of quotes only",
        'ministers: "X" is no name',
        "ministers: in another order",
        'attachments: "u" was 5 bytes and is 6',
        "figure: and 3 more",
    ],
)
def test_a_reason_of_another_form_is_kept_whole(reason: str) -> None:
    assert headline(reason).text == reason


@given(st.text())
def test_any_reason_is_shown_somehow(reason: str) -> None:
    found = headline(reason)
    assert (found.text == reason) or (found.label and (found.old or found.new)) or not reason


def test_a_long_passage_is_no_figure() -> None:
    assert headline('figure: "1" became "2"').short
    assert not headline(f'removed: "{"word " * 40}"').short


def test_a_currency_sign_goes_with_its_figure() -> None:
    (stretch,) = body_difference("It costs $5 now.", "It costs $6 now.")
    pieces = [(p.kind, p.text) for p in stretch.paragraphs[0].pieces]
    assert pieces == [("keep", "It costs "), ("delete", "$5"), ("insert", "$6"), ("keep", " now.")]


def test_white_space_that_changed_can_be_seen() -> None:
    (stretch,) = body_difference("one two", "one\u00a0two")
    texts = [p.text for p in stretch.paragraphs[0].pieces if p.kind != "keep"]
    assert texts == ["␣", "⍽"]


def plain(pieces: object) -> str:
    marks = {"␣": " ", "⍽": "\u00a0", "↵": ""}
    text = "".join(p.text for p in pieces)  # type: ignore[attr-defined]
    return "".join(marks.get(c, c) for c in text)


@given(TEXTS, TEXTS)
def test_the_new_side_shows_the_new_body_in_order(old: str, new: str) -> None:
    shown = [
        plain(paragraph.after)
        for stretch in body_difference(old, new)
        for paragraph in stretch.paragraphs
        if paragraph.kind != "removed"
    ]
    assert "\n\n".join(shown) == new


@given(TEXTS, TEXTS)
def test_stretches_alternate_between_changed_and_not(old: str, new: str) -> None:
    kinds = [stretch.changed for stretch in body_difference(old, new)]
    assert all(a != b for a, b in pairwise(kinds))
    assert any(kinds) or old == new


def test_fields_say_what_went_and_what_came() -> None:
    old = Document(title="A", date=None, url="u", ministers=("X", "Y"))
    new = Document(
        title="A",
        date=date(2026, 5, 1),
        url="u",
        ministers=("Y", "Z"),
        attachments=(Attachment(url="f.pdf", length=1200),),
    )
    found = {f.name: (f.removed, f.added, f.kept) for f in field_changes(old, new)}
    assert found == {
        "date": ((), ("2026-05-01",), ()),
        "ministers": (("X",), ("Z",), ("Y",)),
        "attachments": ((), ("f.pdf (1,200 bytes)",), ()),
    }
