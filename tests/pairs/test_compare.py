"""The rules one by one: each pair is named by its verdict, each reason quotes the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corrigenda.compare import (
    BlockKind,
    OperationKind,
    apply_diff,
    compare,
    diff_body,
    mask_contacts,
)
from corrigenda.models import Attachment, Document, Significance, is_silent

BASE = Document(
    title="Ferry grants announced",
    date=date(2004, 5, 3),
    url="https://www.beehive.govt.nz/release/ferry-grants-announced",
    ministers=("Hon Ana Example",),
    portfolios=("Harbours",),
    body="Ana Example announced the grants today.",
)
LEAD = "Harbour Minister Ana Example announced the ferry grants in Westport with Bo Sample."
CONTACT = "Contact: Cy Specimen, press secretary, 04 555 0199"

HIGH = {
    "money": (
        "It costs $16,172 a year.",
        "It costs $16,712 a year.",
        'figure: "$16,172" became "$16,712"',
    ),
    "decimal-point": (
        "It costs $1.5 million.",
        "It costs $15 million.",
        'figure: "$1.5 million" became "$15 million"',
    ),
    "currency": ("It costs $40.", "It costs £40.", 'figure: "$40" became "£40"'),
    "currency-code": ("It costs NZ$40.", "It costs US$40.", 'figure: "NZ$40" became "US$40"'),
    "percent-sign": ("A rise of 4% is due.", "A rise of 4 is due.", 'figure: "4%" became "4"'),
    "per-cent": (
        "A rise of 4 per cent.",
        "A rise of 5 per cent.",
        'figure: "4 per cent" became "5 per cent"',
    ),
    "magnitude": (
        "It costs $3 million.",
        "It costs $3 billion.",
        'figure: "$3 million" became "$3 billion"',
    ),
    "unit": ("It lasts 12 years.", "It lasts 12 months.", 'figure: "12 years" became "12 months"'),
    "ordinal": ("It is the 3rd ferry.", "It is the 4th ferry.", 'figure: "3rd" became "4th"'),
    "fraction": ("A half of all piers.", "A third of all piers.", 'figure: "half" became "third"'),
    "vulgar-fraction": ("Some 2½ piers.", "Some 2¼ piers.", "figure:"),
    "spelled-out": (
        "The seven piers close.",
        "The nine piers close.",
        'figure: "seven" became "nine"',
    ),
    "minus": ("It fell to -0.5 overall.", "It fell to 0.5 overall.", "figure:"),
    "year": ("It opens in 2006.", "It opens in 2007.", 'date: "2006" became "2007"'),
    "day": ("It opens on 3 May.", "It opens on 13 May.", 'date: "3 May" became "13 May"'),
    "month": ("It opens on 3 May.", "It opens on 3 June.", 'date: "3 May" became "3 June"'),
    "weekday": ("It opens on Monday.", "It opens on Friday.", 'date: "Monday" became "Friday"'),
    "time": ("It opens at 10:30 am.", "It opens at 10:45 am.", "date:"),
    "relative-day": (
        "It opened yesterday.",
        "It opened today.",
        'date: "yesterday" became "today"',
    ),
    "not": (
        "The piers will close.",
        "The piers will not close.",
        'negation: "will not close" added',
    ),
    "never": (
        "The piers never close.",
        "The piers close.",
        'negation: "piers never close" removed',
    ),
    "no": ("There is no plan to close.", "There is a plan to close.", "negation:"),
    "person": ("Then Bo Sample spoke.", "Then Di Patern spoke.", "name:"),
    "weaker-may": ("We will build it.", "We may build it.", "commitment:"),
    "weaker-should": ("Owners must pay.", "Owners should pay.", "commitment:"),
    "weaker-intends": ("It will build it.", "It intends to build it.", "commitment:"),
    "address-of-another-year": (
        "See [the plan](https://x.nz/plan-2007.pdf) now.",
        "See [the plan](https://x.nz/plan-2008.pdf) now.",
        "link:",
    ),
    "address-shown": (
        "See [https://x.nz/7](https://x.nz/7) now.",
        "See [https://x.nz/8](https://x.nz/7) now.",
        "link:",
    ),
    "figures-exchanged": ("Pay $5 here and $6 there.", "Pay $6 here and $5 there.", "figure:"),
    "freephone": ("Farmers can call 0800 555 019.", "Farmers can call 0800 555 018.", "figure:"),
}  # fmt: skip
MEDIUM = {
    "antonym": ("An effective rule.", "An ineffective rule.", "wording:"),
    "last-letter": ("Every employer pays.", "Every employee pays.", "wording:"),
    "quotation": (
        '"It destroys our coast," she said.',
        '"It harms our coast," she said.',
        "quote:",
    ),
    "passage": (
        "The old pier is rebuilt with care.",
        "The old pier is rebuilt at speed.",
        "wording:",
    ),
    "plan-letter": ("They chose plan A first.", "They chose plan B first.", "wording:"),
    "tense": ("The work has been let.", "The work is being let.", "wording:"),
}  # fmt: skip
LOW = {
    "name-misspelt": ("Then Bo Sampler spoke.", "Then Bo Smapler spoke.", "typing:"),
    "typing-error": ("An nterest in ferries.", "An interest in ferries.", "typing:"),
    "inflection": ("It sends a signal.", "It send a signal.", "typing:"),
    "article": ("Plan for ferries.", "A plan for ferries.", "typing:"),
    "says-said": ("Much, she says now.", "Much, she said now.", "typing:"),
    "capitals": ("The government pays.", "The Government pays.", "typing:"),
    "full-stop": ("The piers close", "The piers close.", "typing:"),
    "macron": ("Many Maori attended.", "Many Māori attended.", "typing:"),
    "ten-for-10": ("The ten piers close.", "The 10 piers close.", "typing:"),
    "ordinal-suffix": ("In the 21 century.", "In the 21st century.", "typing:"),
    "garbled-quotes": ("It is the port’s plan.", "It is the portâ€™s plan.", "typing:"),
    "contact-added": ("Piers close.", f"Piers close.\n\n{CONTACT}", "contact:"),
    "contact-digit": (CONTACT, CONTACT.replace("0199", "0198"), "contact:"),
    "masthead-removed": ("3 May 2004 Media Statement\n\nPiers close.", "Piers close.", "masthead:"),
    "title-repeated": ("Piers close.", "Ferry grants announced\n\nPiers close.", "masthead:"),
    "embargo": ("Piers close.", "Embargoed until 10pm, 9 June 2004\n\nPiers close.", "masthead:"),
    "ends": ("Piers close.", "Piers close.\n\nENDS", "mark:"),
    "caption": ("Piers close.", "Piers close.\n\n![Bo at pier 9](/a.jpg)", "caption:"),
    "pointer": ("Piers close.", "Piers close.\n\nMore information is at www.x.nz", "pointer:"),
    "found-at": ("Piers close.", "Piers close.\n\nThe plan can be found at www.x.nz", "pointer:"),
    "to-newsrooms": (
        "Piers close.",
        "Piers close.\n\nNote: Journalists are being sent the plan.",
        "pointer:",
    ),
    "link-title": (
        "Piers close, he said.",
        'Piers close, he [said](https://x.nz/speech "Link to the PM\'s speech").',
        "link:",
    ),
    "said-again": (f"{LEAD} Piers close.", f"{LEAD} Piers close.\n\n{LEAD}", "repeat:"),
    "link-removed": ("See [the plan](https://x.nz/plan).", "See the plan.", "link:"),
    "moved": (f"{LEAD}\n\nPiers close.\n\nOK.", f"Piers close.\n\nOK.\n\n{LEAD}", "moved:"),
}  # fmt: skip
NONE = {
    "no-break-space": ("It costs $5 million.", "It costs $5\u00a0million.", "white space"),
    "hard-break": ("One line.  \nAnother.", "One line.\n\nAnother.", "white space"),
    "curly-quotes": ("\"It's on,\" he said.", "“It’s on,” he said.", "white space"),
    "dash": ("Piers -- all three -- close.", "Piers – all three – close.", "white space"),
    "zero-width": ("Piers close.", "Piers\u200b close.", "white space"),
    "bold": ("**Piers** close.", "Piers close.", "formatting"),
    "heading": ("## Piers\n\nThey close.", "Piers\n\nThey close.", "formatting"),
    "bullets": ("- pier one\n- pier two", "• pier one  \n• pier two", "formatting"),
    "numbers-to-bullets": ("1\\. Piers\n2\\. Ferries", "- Piers\n- Ferries", "formatting"),
    "numbers-set-off": ("1.Piers\n\n2.Ferries", "1. Piers\n\n2. Ferries", "white space"),
    "quoted-block": ("> Piers close.", "Piers close.", "formatting"),
    "escaped": ("\\- pier one", "- pier one", "formatting"),
    "image-token": ("![A](/a.jpg?itok=x1) B", "![A](/a.jpg?itok=y2) B", "formatting"),
}  # fmt: skip

CASES = [
    pytest.param(*pair, verdict, id=f"{verdict.value}-{name}")
    for verdict, pairs in (
        (Significance.HIGH, HIGH),
        (Significance.MEDIUM, MEDIUM),
        (Significance.LOW, LOW),
        (Significance.NONE, NONE),
    )
    for name, pair in pairs.items()
]


@pytest.mark.parametrize(("old", "new", "reason", "verdict"), CASES)
def test_the_verdict_and_its_reason(old: str, new: str, reason: str, verdict: Significance) -> None:
    found = compare(
        replace(BASE, body=f"{old}\n\n{LEAD} Then Bo spoke."),
        replace(BASE, body=f"{new}\n\n{LEAD} Then Bo spoke."),
    )
    # The score may find what is medium at least to be high.
    at_least = {Significance.MEDIUM: {verdict, Significance.HIGH}}
    assert found.significance in at_least.get(verdict, {verdict}), found.reasons
    assert any(r.startswith(reason) for r in found.reasons), found.reasons
    assert found.fields == ("body",)


NUMBERED = ["Piers close.", "Ferries run.", "Tolls end.", "Boats stay."]


@pytest.mark.parametrize("counts", [[1, 2, 3, 4], [1, 2, 1, 2], [1, 2, 3, 1], [3, 4, 5, 6]])
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("number", [1, 2, 3, 5, 9, 14])
def test_a_number_before_a_line_is_formatting_only_while_it_counts(
    counts: list[int], place: int, number: int
) -> None:
    """Counted from 1 it says nothing; whatever else somebody made of it is a figure."""
    old = "\n\n".join(f"{n}. {line}" for n, line in zip(counts, NUMBERED, strict=True))
    changed = [*counts[:place], number, *counts[place + 1 :]]
    new = "\n\n".join(f"{n}. {line}" for n, line in zip(changed, NUMBERED, strict=True))
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    expected = Significance.NONE if changed == counts else Significance.HIGH
    assert found.significance is expected, found.reasons


def test_an_item_added_to_a_numbered_list_is_told_without_the_numbers_after_it() -> None:
    old = "1. Piers close.\n2. Tolls end for all boats."
    new = "1. Piers close.\n2. Ferries run at night.\n3. Tolls end for all boats."
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert found.reasons == ('added: "Ferries run at night"',)


def test_paragraphs_removed_and_added_are_high() -> None:
    more = f"{LEAD}\n\nOwners of small boats keep their moorings for the whole season."
    removed = compare(replace(BASE, body=more), replace(BASE, body=LEAD))
    assert removed.significance is Significance.HIGH
    assert removed.kinds == ("paragraph-removed",)
    assert removed.reasons == (
        'removed: "Owners of small boats keep their moorings for the whole season"',
    )
    assert (removed.words_added, removed.words_removed) == (0, 11)
    added = compare(replace(BASE, body=LEAD), replace(BASE, body=more))
    assert added.kinds == ("paragraph-added",)


def test_the_figure_comes_first() -> None:
    old = "The old pier gets a coat of paint.\n\nIt costs $16,172.\n\nA sign is put up"
    new = "The old pier gets three windows.\n\nIt costs $16,712.\n\nA sign is put up."
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert found.kinds[0] == "figures"
    assert found.reasons[-1].startswith("typing:")


def test_paragraphs_split_and_joined_are_no_change() -> None:
    split = "One pier opens. It is long.\n\nIt is wide. It is high."
    joined = "One pier opens.\n\nIt is long. It is wide.\n\nIt is high."
    found = compare(replace(BASE, body=split), replace(BASE, body=joined))
    assert found.significance is Significance.NONE


def test_a_repetition_is_none_where_something_else_came_for_it() -> None:
    """In a list of repeated lines, one changed figure may look like two repetitions."""
    line = "Each of the piers costs ${} a day."
    old = "\n\n".join(line.format(n) for n in (1, 1, 2))
    new = "\n\n".join(line.format(n) for n in (1, 2, 2))
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert found.significance is Significance.HIGH


def test_long_series_of_reasons_are_cut_and_counted() -> None:
    old = "\n\n".join(f"Pier {n} costs ${n}00 a year." for n in range(10, 40))
    new = old.replace("00 a", "05 a")
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert len(found.reasons) == 9
    assert found.reasons[-1] == "figures: and 22 more"


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("FERRY GRANTS ANNOUNCED", Significance.LOW),
        ("Ferry  grants\u00a0announced", Significance.NONE),
        ("Ferry grant announced", Significance.LOW),
        ("Ferry grants declined", Significance.MEDIUM),
        ("Ferry grants not announced", Significance.HIGH),
        ("Ferry grants of $5 announced", Significance.HIGH),
    ],
)
def test_titles(title: str, verdict: Significance) -> None:
    found = compare(BASE, replace(BASE, title=title))
    assert (found.significance, found.fields) == (verdict, ("title",)), found.reasons


def test_a_date_matters_on_the_same_page_and_hardly_on_a_re_post() -> None:
    later = replace(BASE, date=date(2004, 5, 5))
    assert compare(BASE, replace(BASE, date=date(2004, 5, 4))).significance is Significance.LOW
    assert compare(BASE, later).significance is Significance.HIGH
    assert compare(BASE, replace(later, url=BASE.url + "-0")).significance is Significance.LOW
    assert compare(BASE, replace(BASE, date=None)).reasons == ('date: "2004-05-03" removed',)


def test_credits_are_low_unless_they_are_nobody_of_the_release() -> None:
    body = f"{LEAD} Bo Sample agreed."
    named = compare(replace(BASE, body=body), replace(BASE, body=body, ministers=("Bo Sample",)))
    assert named.significance is Significance.LOW
    assert named.reasons == ('ministers: "Hon Ana Example" became "Bo Sample"',)
    for stranger in ("Ed Muster", "http://x.nz/report.pdf"):
        found = compare(BASE, replace(BASE, ministers=(stranger,)))
        assert found.significance is Significance.MEDIUM
        assert found.fields == ("ministers",)


def test_attachments() -> None:
    plan = Attachment(url="https://x.nz/plan.pdf", length=12_345)
    other = Attachment(url="https://x.nz/plan_0.pdf")
    one = replace(BASE, attachments=(plan,))
    assert compare(BASE, one).significance is Significance.MEDIUM
    assert compare(one, replace(BASE, attachments=(other,))).significance is Significance.LOW
    longer = replace(BASE, attachments=(replace(plan, length=13_000),))
    found = compare(one, longer)
    assert found.reasons == ('attachments: "https://x.nz/plan.pdf" was 12,345 bytes and is 13,000',)
    assert found.significance is Significance.MEDIUM
    unknown = replace(BASE, attachments=(replace(plan, length=None),))
    assert compare(one, unknown).fields == ()
    twice = replace(BASE, attachments=(plan, plan))
    assert compare(one, twice).significance is Significance.MEDIUM


def test_silent_edits() -> None:
    edited = replace(BASE, body="Ana Example announced $5 today.")
    assert is_silent(BASE, edited)
    assert not is_silent(BASE, replace(edited, date=date(2004, 5, 4)))
    assert not is_silent(BASE, replace(BASE, body=BASE.body.replace(" ", "\u00a0")))


def test_press_contacts_are_masked_and_public_numbers_are_not() -> None:
    text = (
        "Growers can call 0800 555 019, and it costs $12,345,678.\n\n"
        "Media enquiries:  \nCy Specimen  \nPh (04) 555 0199 or 021 555 0123\n"
        "[cy@x.govt.nz](mailto:cy@x.govt.nz)"
    )
    assert mask_contacts(text) == (
        "Growers can call 0800 555 019, and it costs $12,345,678.\n\n"
        "Media enquiries:  \nCy Specimen  \nPh (phone withheld) or (phone withheld)\n"
        "(email withheld)"
    )
    titled = (
        "Media contacts:\n\nCy Specimen, 04 555 0199; or\n\n"
        "Dr Bo Sampler, Director of the Office of Piers, Ministry of Boats, (04) 555 0123."
    )
    assert "555" not in mask_contacts(titled)
    reason = f'contact: "{CONTACT}" removed'
    assert "555" not in mask_contacts(reason)


def test_the_shown_difference_keeps_figures_whole_and_shows_moves() -> None:
    old = "First it was so.\n\nIt costs $16,172 a year.\n\nThe piers stay."
    new = "The piers stay.\n\nFirst it was so.\n\nIt costs $16,712 a year.\n\nNew words."
    blocks = diff_body(old, new)
    assert [b.kind for b in blocks] == [
        BlockKind.MOVED,
        BlockKind.EQUAL,
        BlockKind.EDITED,
        BlockKind.ADDED,
    ]
    words = [(o.kind, o.text) for o in blocks[2].operations if o.kind is not OperationKind.KEEP]
    assert words == [(OperationKind.DELETE, "16,172"), (OperationKind.INSERT, "16,712")]
    assert apply_diff(old, blocks) == new


def test_a_difference_is_not_applied_to_another_body() -> None:
    with pytest.raises(ValueError, match="paragraph 0"):
        apply_diff("Something else.", diff_body("The piers stay.", "The piers go."))


@pytest.mark.parametrize(("gap", "count"), [(" ", 60_000), (". ", 20_000), ("\n\n", 20_000)])
def test_sixty_thousand_different_words_end_in_time_and_say_so(gap: str, count: int) -> None:
    old = gap.join(f"a{_letters(n)}" for n in range(count))
    new = gap.join(f"b{_letters(n)}" for n in range(count))
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert "too long to compare word by word" in found.reasons[0]
    assert found.significance is Significance.MEDIUM
    assert apply_diff(old, diff_body(old, new)) == new


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def test_one_figure_among_sixty_thousand_words_is_found() -> None:
    words = [f"a{_letters(n)}" for n in range(60_000)]
    old = " ".join([*words[:30_000], "$5", *words[30_000:]])
    new = " ".join([*words[:30_000], "$6", *words[30_000:]])
    found = compare(replace(BASE, body=old), replace(BASE, body=new))
    assert found.reasons == ('figure: "$5" became "$6"',)


def test_the_mark_between_two_lists_is_formatting() -> None:
    old, new = "- one\n\n<!--THE END-->\n\n- two", "- one\n- two"
    assert (
        compare(replace(BASE, body=old), replace(BASE, body=new)).significance is Significance.NONE
    )


def test_the_prime_minister_is_no_hour_of_the_day() -> None:
    found = compare(replace(BASE, body="The PM's speech."), replace(BASE, body="The speech."))
    assert "dates" not in found.kinds
    at = compare(replace(BASE, body="It opens at 5 pm."), replace(BASE, body="It opens at 5 am."))
    assert at.significance is Significance.HIGH
