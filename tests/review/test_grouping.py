"""The same edit has one key wherever it is made; different edits never share one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.compare import compare
from corrigenda.compare.grouping import group_key
from corrigenda.models import Document


def document(body: str, n: int = 0, **fields: object) -> Document:
    values = {"title": f"Release {n}", "date": date(2026, 5, 1), "url": f"https://x.nz/release/{n}"}
    return Document(body=body, **(values | fields))  # type: ignore[arg-type]


def key(old: Document, new: Document) -> str | None:
    return group_key(old, new, compare(old, new))


def test_a_minister_renamed_on_many_releases_is_one_edit() -> None:
    keys = {
        key(
            document(f"Body {n}.", n, ministers=("Hon A", "Hon Old")),
            document(f"Body {n}.", n, ministers=("Hon A", "Hon New")),
        )
        for n in range(5)
    }
    assert len(keys) == 1
    assert None not in keys


def test_a_name_exchanged_in_different_sentences_is_one_edit() -> None:
    texts = ("Minister Ana Teira opened the school.", "A bridge was opened by Ana Teira today.")
    keys = {
        key(document(t, n), document(t.replace("Teira", "Moss"), n)) for n, t in enumerate(texts)
    }
    assert len(keys) == 1


def test_a_footer_removed_everywhere_is_one_edit() -> None:
    keys = {
        key(
            document(f"News {n} of the day.\n\nOur offices are closed.", n),
            document(f"News {n} of the day.", n),
        )
        for n in range(3)
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("It costs $5.", "It costs $6."), ("The ferry takes $5.", "The ferry takes $6.")),
        (("It will not rise.", "It will rise."), ("We will not go.", "We will go.")),
    ],
)
def test_the_same_figure_elsewhere_is_another_edit(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    first = key(document(one[0]), document(one[1]))
    assert first != key(document(other[0]), document(other[1]))
    assert first == key(document(one[0], 9), document(one[1], 9)), "in the same paragraph it is one"


BODIES = st.lists(
    st.sampled_from(["It costs $5.", "It will not rise.", "Ana Teira spoke.", "We go on."]),
    max_size=4,
    unique=True,
).map("\n\n".join)


@given(BODIES, BODIES)
def test_a_key_is_stable_and_there_is_one_exactly_where_something_differs(
    old: str, new: str
) -> None:
    first = key(document(old), document(new))
    assert first == key(document(old), document(new))
    assert (first is None) == (old == new)


@given(BODIES, BODIES)
def test_an_edit_and_its_undoing_have_different_keys(old: str, new: str) -> None:
    if old != new:
        assert key(document(old), document(new)) != key(document(new), document(old))
