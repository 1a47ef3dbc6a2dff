"""What no edit may escape, and what no setting of the text may cause.

The ranks are those of docs/design.md, "Significance".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from corrigenda import documents
from corrigenda.compare import BlockKind, OperationKind, apply_diff, compare, diff_body
from corrigenda.compare.text.contacts import contact_passages
from corrigenda.compare.text.plain import passages, plain
from corrigenda.models import Attachment, Document, Significance

SENTENCES = [
    "The Harbour Minister Ana Example announced $16,172 for new moorings.",
    "Some 4.5 per cent of the 1,200 berths will not be rebuilt before 3 May 2004.",
    "“We will spend NZ$1.5 million over 12 years,” Ms Example said.",
    "Ferries leave at 10:30 am and 4.15 pm from 1 July.",
    "- a third of the £300 grant;",
    "- 40% of all wharves, or 7 in Westport; and",
    "## 2004 in figures",
    "**Note:** the rate fell to -0.5 percent.",
    "It is expected that none of the 25 staff will leave.",
    "The Government must consult Bo Sample and the Tidewater Trust.",
    "Contact: Cy Specimen, press secretary, 04 555 0199 or 021 555 0123",
    "ENDS",
    "3 May 2004",
    "Harbour plan 7 launched",
    "![Ana Example at pier 9](/files/pier-9.jpg)",
    "Short. 5",
]
BODIES = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).flatmap(
    lambda lines: st.lists(
        st.sampled_from(["\n\n", "  \n", " "]), min_size=len(lines), max_size=len(lines)
    ).map(lambda gaps: "".join(a + b for a, b in zip(lines, gaps, strict=True)).strip())
)
# Free text, rich in what the rules look at, without the brackets and slashes of links.
FREE = st.text(alphabet="ab AB019.,$%'’“-*_#>\n\u00a0éĀ½", max_size=40)
WORDS = st.lists(
    st.sampled_from(
        "not will 5 6 12 the a cat Ana $ % 1.5 ends photo: see contact: 2004 May".split()
    ),
    max_size=12,
).map(" ".join)
ANY_BODY = st.one_of(BODIES, FREE, WORDS, st.text(max_size=60))

BASE = Document(
    title="Harbour plan 7 launched",
    date=date(2004, 5, 3),
    url="https://www.beehive.govt.nz/release/harbour-plan-7-launched",
    ministers=("Hon Ana Example",),
    portfolios=("Harbours",),
    attachments=(Attachment(url="https://www.beehive.govt.nz/files/plan-7.pdf"),),
)


def judged(old: str, new: str) -> Significance:
    """Compare two bodies of one release."""
    return compare(replace(BASE, body=old), replace(BASE, body=new)).significance


def contact_lines(body: str) -> set[int]:
    """Return the numbers of the lines with a press contact, or that only date the release."""
    found = passages(plain(body))
    contacts = {found[index].squash for index in contact_passages(found)}
    # The line above a release that dates it, which a day more or less does not change.
    contacts |= {p.squash for p in found if re.fullmatch(r"(?:\W*3 May 2004)+", p.shown)}
    return {
        number
        for number, line in enumerate(body.split("\n"))
        if any(passage.squash in contacts for passage in passages(plain(line)))
    }


def in_image_address(body: str, at: int) -> bool:
    """Tell whether a place is in the address of a photograph.

    Left out of the property on purpose: photographs are exchanged and re-encoded, and
    their numbered addresses tell a reader nothing. It is recorded all the same.
    """
    return any(m.start(1) <= at < m.end(1) for m in re.finditer(r"!\[[^\]]*\]\(([^)]*)\)", body))


def places(body: str, pattern: str) -> list[int]:
    """Return where a pattern matches outside contact lines and photographs' addresses."""
    contacts = contact_lines(body)
    return [
        m.start()
        for m in re.finditer(pattern, body)
        if not in_image_address(body, m.start()) and body.count("\n", 0, m.start()) not in contacts
    ]


@given(st.one_of(BODIES, FREE, WORDS), st.data())
def test_a_changed_digit_is_high(body: str, data: st.DataObject) -> None:
    digits = places(body, r"[0-9]")
    assume(digits)
    at = data.draw(st.sampled_from(digits))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != body[at]]))
    assert judged(body, body[:at] + digit + body[at + 1 :]) is Significance.HIGH


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2004 2004", "0004 2004"),
        ("2004 2004", "2.004 2004"),
        ("Ana 2004 2004", "Ana 0004 2004"),
        ("Ana 0204 2004", "Ana 2204 2004"),
    ],
)
def test_figures_are_no_telephone_number(old: str, new: str) -> None:
    assert judged(old, new) is Significance.HIGH


@given(st.one_of(BODIES, FREE, WORDS), st.data())
def test_a_decimal_point_put_in_or_taken_out_is_high(body: str, data: st.DataObject) -> None:
    points = places(body, r"(?<=[0-9])[.](?=[0-9])")
    joints = places(body, r"(?<=[0-9])(?=[0-9])")
    assume(points or joints)
    at = data.draw(st.sampled_from(points + joints))
    changed = body[:at] + (body[at + 1 :] if at in points else "." + body[at:])
    assert judged(body, changed) is Significance.HIGH
    assert judged(changed, body) is Significance.HIGH


@given(st.one_of(BODIES, FREE, WORDS), st.sampled_from("$£€%"), st.data())
def test_a_currency_or_percent_sign_is_high(body: str, sign: str, data: st.DataObject) -> None:
    spots = places(body, r"(?<![0-9.,])(?=[0-9])" if sign != "%" else r"(?<=[0-9])(?![0-9.,])")
    assume(spots)
    at = data.draw(st.sampled_from(spots))
    changed = f"{body[:at]}{sign}{body[at:]}"
    assert judged(body, changed) is Significance.HIGH
    assert judged(changed, body) is Significance.HIGH


@given(st.one_of(BODIES, WORDS), st.data())
@example(body="a cat", data=None)
def test_not_put_in_or_taken_out_is_high(body: str, data: st.DataObject | None) -> None:
    spots = [m.end() for m in re.finditer(r"(?<=[a-z,]) (?=[a-z])", body)]
    spots = sorted(set(spots) & set(places(body, "(?=[a-z])")))
    assume(spots)
    at = data.draw(st.sampled_from(spots)) if data else spots[0]
    changed = f"{body[:at]}not {body[at:]}"
    assert judged(body, changed) is Significance.HIGH
    assert judged(changed, body) is Significance.HIGH


@given(st.sampled_from(["3 May 2004", "13 July", "in March 2003", "at 10:30 am"]), BODIES)
def test_a_changed_date_is_high(words: str, body: str) -> None:
    other = {"3 May 2004": "3 June 2004", "13 July": "13 August", "in March 2003": "in May 2003"}
    line = f"Sailings begin {words} without fail."
    changed = line.replace(words, other.get(words, "at 10:30 pm"))
    assert judged(f"{line}\n\n{body}", f"{changed}\n\n{body}") is Significance.HIGH
    assert judged(f"{body}\n\n{line}", f"{body}\n\n{changed}") is Significance.HIGH


@given(BODIES, st.data())
def test_inside_a_contact_line_a_digit_is_recorded(body: str, data: st.DataObject) -> None:
    line = "Media contact: Cy Specimen, press secretary, 04 555 0199"
    at = data.draw(st.sampled_from([i for i, c in enumerate(line) if c.isdigit()]))
    changed = line[:at] + str((int(line[at]) + 1) % 10) + line[at + 1 :]
    found = compare(
        replace(BASE, body=f"{body}\n\n{line}"), replace(BASE, body=f"{body}\n\n{changed}")
    )
    assert found.significance is not Significance.NONE
    assert any(reason.startswith("contact:") for reason in found.reasons) or (
        found.significance is Significance.HIGH
    )


@given(st.sampled_from(["title", "url", "ministers", "portfolios", "attachments"]), st.data())
def test_any_digit_changed_in_any_field_is_a_change(name: str, data: st.DataObject) -> None:
    old = data.draw(st.text(alphabet="ab 0123456789./", min_size=1).filter(_has_digit))
    at = data.draw(st.sampled_from([i for i, c in enumerate(old) if c.isdigit()]))
    new = old[:at] + str((int(old[at]) + data.draw(st.integers(1, 9))) % 10) + old[at + 1 :]
    wrap = {
        "ministers": lambda text: (text,),
        "portfolios": lambda text: (text,),
        "attachments": lambda text: (Attachment(url=text),),
    }.get(name, lambda text: text)
    found = compare(replace(BASE, **{name: wrap(old)}), replace(BASE, **{name: wrap(new)}))
    assert found.significance is not Significance.NONE
    assert name in found.fields
    assert found.reasons
    if name == "title":
        assert found.significance is Significance.HIGH


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


@given(ANY_BODY, st.data())
def test_white_space_alone_is_nothing(body: str, data: st.DataObject) -> None:
    spaces = st.sampled_from([" ", "\u00a0", "  ", "\n", "\n\n", "  \n", "\t", "\u202f", " \u200b"])
    changed = re.sub(r"\s+", lambda _: data.draw(spaces), body)
    assert judged(body, changed) is Significance.NONE


@given(ANY_BODY)
def test_the_style_of_quotes_alone_is_nothing(body: str) -> None:
    curly = re.sub(r'"([^"]*)"', r"“\1”", body).replace("'", "’")
    straight = body.translate(str.maketrans("“”‘’", "\"\"''"))
    assert judged(body, curly) is Significance.NONE
    assert judged(body, straight) is Significance.NONE
    assert judged(curly, straight) is Significance.NONE


@given(ANY_BODY, ANY_BODY)
def test_applying_the_difference_gives_the_new_body(old: str, new: str) -> None:
    assert apply_diff(old, diff_body(old, new)) == new


@given(BODIES, st.randoms(use_true_random=False))
def test_applying_the_difference_of_shuffled_paragraphs(
    body: str, random: st.RandomGenerator
) -> None:
    paragraphs = body.split("\n\n")
    random.shuffle(paragraphs)
    shuffled = "\n\n".join(paragraphs)
    assert apply_diff(body, diff_body(body, shuffled)) == shuffled


DOCUMENTS = st.builds(
    Document,
    title=st.one_of(FREE, st.text(max_size=20)),
    date=st.none() | st.dates(),
    url=st.text(max_size=20),
    ministers=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    portfolios=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    attachments=st.lists(
        st.builds(Attachment, url=st.text(max_size=9), length=st.none() | st.integers(0, 99)),
        max_size=3,
    ).map(tuple),
    body=ANY_BODY,
)


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: Document) -> None:
    found = compare(document, document)
    assert found.significance is Significance.NONE
    assert (found.reasons, found.fields, found.kinds) == ((), (), ())
    assert (found.words_added, found.words_removed) == (0, 0)


@given(DOCUMENTS, DOCUMENTS)
def test_comparing_is_total_and_always_says_why(old: Document, new: Document) -> None:
    found = compare(old, new)
    assert bool(found.fields) == bool(found.reasons) == bool(found.kinds)
    assert len(set(found.reasons)) == len(found.reasons)


# What became of words, told three times: by reasons, by counts, by the display.
_RUN = 5
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def struck_and_added(old: str, new: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the runs of words that a display strikes, and those it adds."""
    gone: list[list[str]] = []
    come: list[list[str]] = []
    for block in diff_body(old, new):
        if block.kind is BlockKind.REMOVED:
            gone.append(_WORDS.findall(block.old))
        elif block.kind is BlockKind.ADDED:
            come.append(_WORDS.findall(block.new))
        for operation in block.operations:
            if operation.kind is OperationKind.DELETE:
                gone.append(_WORDS.findall(operation.text))
            elif operation.kind is OperationKind.INSERT:
                come.append(_WORDS.findall(operation.text))
    return gone, come


def told_twice(old: str, new: str) -> set[tuple[str, ...]]:
    """Return runs of equal words that are struck in one place and added in another."""
    grams = [
        {tuple(run[i : i + _RUN]) for run in runs for i in range(len(run) - _RUN + 1)}
        for runs in struck_and_added(old, new)
    ]
    return grams[0] & grams[1]


PROSE = st.lists(
    st.sampled_from(
        "Harbour ferries leave the old pier at dawn and return late in summer when boats from"
        " Westport bring stone for new moorings that owners of small craft will use".split()
    ),
    min_size=6,
    max_size=14,
).map(lambda words: " ".join(words).capitalize() + ".")
TEXTS = st.lists(PROSE, min_size=2, max_size=8)


@given(TEXTS, st.randoms(use_true_random=False))
def test_nothing_is_struck_and_added_again(
    sentences: list[str], random: st.RandomGenerator
) -> None:
    """Whatever is split, merged, moved or edited at once."""
    other = list(sentences)
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(other))
        if random.random() < 0.4:
            other.insert(random.randrange(len(other)), other.pop(at))
        elif random.random() < 0.5:
            words = other[at].split()
            words[random.randrange(len(words))] = "tonnes"
            other[at] = " ".join(words)
        else:
            words = other[at].split()
            other[at : at + 1] = [" ".join(words[:3]) + ".", " ".join(words[3:])]
    gaps = [random.choice([" ", "\n\n", "  \n"]) for _ in (*sentences, *other)]
    old = "".join(a + b for a, b in zip(sentences, gaps, strict=False)).strip()
    new = "".join(a + b for a, b in zip(other, gaps[::-1], strict=False)).strip()
    assert not told_twice(old, new)
    assert apply_diff(old, diff_body(old, new)) == new


@given(TEXTS, st.data())
def test_split_and_merged_paragraphs_say_the_same(
    sentences: list[str], data: st.DataObject
) -> None:
    gaps = st.sampled_from([" ", "\n\n", "  \n"])
    old, new = ("".join(s + data.draw(gaps) for s in sentences).strip() for _ in range(2))
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert found.significance is Significance.NONE
    assert (found.words_added, found.words_removed) == (0, 0)
    assert struck_and_added(old, new) == ([], []) or not any(
        words for runs in struck_and_added(old, new) for words in runs
    )


@given(TEXTS, TEXTS)
def test_the_counts_are_of_the_words_on_display(one: list[str], other: list[str]) -> None:
    old, new = "\n\n".join(one), "\n\n".join(other)
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    gone, come = struck_and_added(old, new)
    # A word that only changed its capitals is shown, and counts for none.
    assert found.words_removed <= sum(map(len, gone))
    assert found.words_added <= sum(map(len, come))
    told = any(reason.startswith("moved:") for reason in found.reasons)
    assert told <= bool(
        any(b.kind is BlockKind.MOVED for b in diff_body(old, new))
        or any(o.kind is OperationKind.MOVED for b in diff_body(old, new) for o in b.operations)
    )


@pytest.mark.corpus
def test_no_labelled_pair_strikes_and_adds_the_same_words(corpus: Path) -> None:
    """Addresses aside, which are one word each."""
    for path in sorted(corpus.glob("revisions*/*-a.md")):
        bodies = [
            documents.read(path.with_name(path.name.replace("-a", side)).read_bytes().decode()).body
            for side in ("-a", "-b")
        ]
        bare = [re.sub(r"\]\([^)]*\)|\S*(?:://|www\.)\S*", "]", body) for body in bodies]
        assert not told_twice(*bare), path.name
