"""Reasons taken apart, differences laid out: by example and by property."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.models import Attachment, Document
from review.parts.words import field_changes, headline

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
