"""Documents read and write back to the same bytes, and bad text is refused by name."""

from __future__ import annotations

import hashlib
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corrigenda import documents
from corrigenda.errors import DocumentError
from corrigenda.models import Attachment, Document

GOOD = """---
title: "Ferry timetable settled"
date: 2001-02-03
url: https://www.beehive.govt.nz/release/ferry-timetable-settled
ministers:
  - Ana Example
---

The ferry sails at ten."""


def test_seeds_round_trip(seeds: Path) -> None:
    paths = sorted(seeds.glob("*.md"))
    assert len(paths) == 5
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        assert documents.write(documents.read(text, where=path.name)) == text


def test_every_field_is_read() -> None:
    text = GOOD.replace(
        "  - Ana Example\n",
        "  - Ana Example\n  - Bo Sample\nportfolios:\n  - Transport\n"
        "attachments:\n  - https://www.beehive.govt.nz/files/a.pdf\n",
    )
    document = documents.read(text)
    assert document == Document(
        title="Ferry timetable settled",
        date=date(2001, 2, 3),
        url="https://www.beehive.govt.nz/release/ferry-timetable-settled",
        ministers=("Ana Example", "Bo Sample"),
        portfolios=("Transport",),
        attachments=(Attachment(url="https://www.beehive.govt.nz/files/a.pdf"),),
        body="The ferry sails at ten.",
    )
    assert documents.write(document) == text


def test_what_is_absent_has_no_line() -> None:
    document = Document(title="T", date=None, url="https://x.nz/a")
    assert documents.write(document) == '---\ntitle: "T"\nurl: https://x.nz/a\n---\n\n'


def test_empty_body_round_trips_and_may_be_trimmed() -> None:
    text = '---\ntitle: "T"\nurl: https://x.nz/a\n---\n\n'
    assert documents.write(documents.read(text)) == text
    assert documents.read(text.rstrip("\n")) == documents.read(text)
    assert documents.read(text[:-1]) == documents.read(text)


def test_the_first_year_is_a_date_like_any_other() -> None:
    text = GOOD.replace("2001-02-03", "0001-01-01")
    assert documents.read(text).date == date(1, 1, 1)
    assert documents.write(documents.read(text)) == text


def test_the_body_is_not_touched() -> None:
    body = "\u00a0 led by spaces\r\n---\n\n---\ntitle: x\n---  \n\n"
    document = Document(title="T", date=None, url="https://x.nz/a", body=body)
    assert documents.read(documents.write(document)).body == body


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ('Say "yes"', r'"Say \"yes\""'),
        ("back\\slash", r'"back\\slash"'),
        ("no\u00a0break", r'"no\u00a0break"'),
        ("zero\u200bwidth", r'"zero\u200bwidth"'),
        ("tab\tand\nline", r'"tab\tand\nline"'),
        ("bell\a escape\x1b delete\x7f", r'"bell\a escape\x1b delete\x7f"'),
        ("private \U0010fffd", r'"private \U0010fffd"'),
        ("Māori – “kererū” 🐦", '"Māori – “kererū” 🐦"'),
    ],
)
def test_titles_are_escaped_as_go_does(title: str, written: str) -> None:
    text = documents.write(Document(title=title, date=None, url="https://x.nz/a"))
    assert text.split("\n")[1] == f"title: {written}"
    assert documents.read(text).title == title


@pytest.mark.parametrize(
    ("item", "written"),
    [
        ("Damien O'Connor", "Damien O'Connor"),
        ('Trade, Growth and (some) "other" things', 'Trade, Growth and (some) "other" things'),
        ("Māori", "Māori"),
        ("Rivers: Lakes", '"Rivers: Lakes"'),
        ("yes", '"yes"'),
        ("1.0", '"1.0"'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("2001-01-01", '"2001-01-01"'),
        ("- dash", '"- dash"'),
        ("", '""'),
        (" padded ", '" padded "'),
        ("Health # Welfare", '"Health # Welfare"'),
        ("two\nlines", '"two\\nlines"'),
    ],
)
def test_items_are_quoted_only_where_plain_would_not_do(item: str, written: str) -> None:
    text = documents.write(Document(title="T", date=None, url="u", ministers=(item,)))
    assert f"\n  - {written}\n" in text
    assert documents.read(text).ministers == (item,)


@pytest.mark.parametrize("item", ["Rivers: Te Awa", "2001", "null", "[Ana, Bo]"])
def test_legacy_items_mean_the_words_on_their_line(item: str) -> None:
    document = documents.read(GOOD.replace("Ana Example", item))
    assert document.ministers == (item,)
    assert f'  - "{item}"\n' in documents.write(document)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (GOOD, "", "it is empty"),
        ("---\ntitle", "title", 'line 1: it does not begin with a "---" line'),
        (GOOD, "\ufeff" + GOOD, "line 1: it begins with a byte order mark"),
        (GOOD, GOOD.replace("\n", "\r\n"), "line 1: lines end in CRLF"),
        ("\n---\n", "\n---\r\n", "lines end in CRLF"),
        ("\n---\n", "\n", 'no closing "---" line'),
        ("---\n\nThe", "---\nThe", "line 8: the line after the front matter must be empty"),
        ('title: "Ferry timetable settled"\n', "", "it has no title"),
        ("url: https://www.beehive.govt.nz/release/ferry-timetable-settled\n", "", "it has no url"),
        ('"Ferry timetable settled"', "12", "line 2: title must be text, not a number"),
        ('"Ferry timetable settled"', "", "line 2: title must be text, not nothing"),
        ('settled"', "settled", "not valid YAML"),
        ('settled"', 'settled\x01"', "not valid YAML"),
        ("date: 2001-02-03", 'title: "x"', "line 3: title is given twice"),
        ("date:", "published:", "line 3: unknown key 'published'"),
        ("date:", "[date]:", "line 3: unknown key"),
        ("2001-02-03", '"2001-02-03"', "line 3: date must be a day"),
        ("2001-02-03", "2001-02-03T10:00:00Z", "line 3: date must be a day"),
        ("2001-02-03", "yesterday", "line 3: date must be a day"),
        ("2001-02-03", "", "line 3: date must be a day"),
        ("2001-02-03", "2001-02-30", "line 3: date: there is no day 2001-02-30"),
        ("\n  - Ana Example", " Ana Example", "line 5: ministers must be a list, not text"),
        ("\n  - Ana Example", "", "line 5: ministers must be a list, not nothing"),
        ("Ana Example", "", "line 6: ministers: each item must be text, not nothing"),
        ("Ana Example", "A: B\n    C: D", "line 6: ministers: each item must be text"),
        ("\n  - Ana Example", " [Ana, 1]", "ministers: each item must be text, not a number"),
        ("Ana Example", "*ana", "line 6: not valid YAML"),
        ("Ana Example", "!!python/object:os.system x", "line 6: ministers: each item must be text"),
        ("Ana Example", "[" * 60_000, "nested too deep"),
        ("Ana", "A\ud800na", "line 6: half a surrogate pair"),
    ],
)
def test_bad_text_is_refused_by_name(old: str, new: str, problem: str) -> None:
    with pytest.raises(DocumentError) as caught:
        documents.read(GOOD.replace(old, new), where="ferry.md")
    assert str(caught.value).startswith("ferry.md: ")
    assert problem in caught.value.problem
    assert "Traceback" not in str(caught.value)


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(DocumentError, match="surrogate"):
        documents.write(Document(title="T", date=None, url="u", ministers=("\ud800",)))


def test_digest_is_that_of_the_bytes() -> None:
    assert documents.digest(GOOD) == hashlib.sha256(GOOD.encode()).hexdigest()


@pytest.mark.corpus
def test_the_archive_round_trips(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All 27,313 write back to the same bytes, save those YAML reads otherwise than meant."""
    reasons: Counter[str] = Counter()
    started = time.perf_counter()
    for name, text in _archive(corpus):
        document = documents.read(text, where=name)
        written = documents.write(document)
        assert documents.read(written) == document, name
        reasons["identical" if written == text else _why_different(text, written)] += 1
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\n{reasons.total()} documents in {seconds:.1f} s (unpacking included):")
        print("\n".join(f"  {count:6}  {reason}" for reason, count in reasons.most_common()))
    assert reasons.total() == 27_313
    assert not [reason for reason in reasons if reason.startswith("unexplained")]
    assert reasons.total() - reasons["identical"] <= 20


def _archive(corpus: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(corpus / "releases-even-years.tar.xz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".md") else None
            if file:
                yield member.name, file.read().decode("utf-8")


def _why_different(text: str, written: str) -> str:
    """Explain a difference; only quotes around list items are ever expected."""
    pairs = list(zip(text.split("\n"), written.split("\n"), strict=True))
    changed = [(a.strip("- "), b.strip("- ")) for a, b in pairs if a != b]
    if all(b == f'"{a}"' for a, b in changed):
        return "a list item without quotes reads as a mapping; now quoted"
    if all(a == f'"{b}"' for a, b in changed):
        return "a list item in quotes it does not need; now plain"
    return f"unexplained: {changed[0]}"
