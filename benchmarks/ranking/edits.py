"""Edits of real documents whose rank is known: the rows of the battery."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from corrigenda.compare.rules.asides import is_pointer
from corrigenda.compare.text.contacts import contact_passages
from corrigenda.compare.text.plain import Passage, passages, plain
from corrigenda.models import Attachment, Document

Make = Callable[[Document, random.Random], Document | None]
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of edit.

    Attributes:
        name: What it is.
        wanted: The ranks that are right.
        share: How much of the documents must get one, from 0 to 1.
        make: Edits a document; None where it has no place for the edit.
    """

    name: str
    wanted: frozenset[str]
    make: Make
    share: float = 0.99


HIGH = frozenset({"high"})
SOME = frozenset({"high", "medium"})
LITTLE = frozenset({"low", "none"})


def prose(document: Document) -> list[Passage]:
    """Return the sentences of a body that are prose: no contact, pointer or masthead."""
    found = passages(plain(document.body))
    contacts = contact_passages(found)
    return [
        p
        for i, p in enumerate(found)
        if i not in contacts
        and i > 1
        and len(p.shown) > 50
        and re.search(r"[.!?]['\")]*$", p.shown)
        and not (p.caption or p.heading or p.linked)
        and not re.match(r"(?i)\W*embargo", p.shown)
        and not is_pointer(p)
    ]


def _spots(document: Document, pattern: str, flags: int = 0) -> Iterator[re.Match[str]]:
    """Yield where a pattern matches in the prose of a body."""
    for passage in prose(document):
        yield from re.compile(pattern, flags).finditer(document.body, passage.start, passage.end)


def _put(document: Document, match: re.Match[str], text: str) -> Document:
    start, end = match.span()
    return replace(document, body=document.body[:start] + text + document.body[end:])


def _cased(like: str, word: str) -> str:
    return word.capitalize() if like[:1].isupper() else word


def swap(table: str) -> Make:
    """Return an edit that puts one word of a pair for the other.

    Args:
        table: Lines of two words, or phrases, apart by a slash.
    """
    pairs = [tuple(line.strip().split("/")) for line in table.split(",")]
    other = dict([*pairs, *(pair[::-1] for pair in pairs)])
    words = "|".join(re.escape(w) for w in sorted(other, key=len, reverse=True))
    pattern = rf"(?<![\w'’-])(?:{words})(?![\w'’-])"

    def make(document: Document, rng: random.Random) -> Document | None:
        spots = [m for m in _spots(document, pattern, re.IGNORECASE) if not m.group().isupper()]
        spots = [m for m in spots if m.group() not in ("May", "March")]
        if not spots:
            return None
        match = rng.choice(spots)
        return _put(document, match, _cased(match.group(), other[match.group().lower()]))

    return make


def sub(pattern: str, to: Callable[[re.Match[str], random.Random], str], flags: int = 0) -> Make:
    """Return an edit that replaces one match of a pattern in prose."""

    def make(document: Document, rng: random.Random) -> Document | None:
        spots = list(_spots(document, pattern, flags))
        if not spots:
            return None
        match = rng.choice(spots)
        text = to(match, rng)
        return _put(document, match, text) if text != match.group() else None

    return make


_INNER = (
    "McCully McClay KiwiRail KiwiBank MacDonald McKinnon KiwiSaver McDowell LandCorp GeoNet"
    " AgResearch HortResearch MidCentral DeLorean OzCar WorkSafe NetSafe"
).split()
_SURNAMES = (
    "Goff Clark Cullen Mallard Hodgson Maharey Bennett Ryall Joyce English Brownlee Ardern Little"
    " Hipkins Faafoi Tamihere Dyson Burton Swain Hobbs Sowry Creech Luxton Birch"
).split()
_TENS = {"5": "five", "2": "two", "3": "three", "4": "four", "6": "six", "7": "seven",
         "8": "eight", "9": "nine", "10": "ten"}  # fmt: skip


def _another(words: list[str]) -> Callable[[re.Match[str], random.Random], str]:
    return lambda m, rng: rng.choice([w for w in words if w.lower() != m.group().lower()])


def _other_day(match: re.Match[str], rng: random.Random) -> str:
    day = rng.choice([d for d in range(1, 29) if str(d) != match.group(1)])
    return f"{day} {match.group(2)}"


def _other_digit(match: re.Match[str], rng: random.Random) -> str:
    return rng.choice([d for d in "123456789" if d != match.group()])


def _letter_lost(match: re.Match[str], rng: random.Random) -> str:
    word = match.group()
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _list_removed(least: int) -> Make:
    """Return an edit that removes a whole list."""

    def make(document: Document, rng: random.Random) -> Document | None:
        lists = re.findall(rf"(?:^[-•*] .+(?:\n+|\Z)){{{least},}}", document.body, re.MULTILINE)
        lists = [text for text in lists if len(text) < len(document.body) / 2]
        if not lists:
            return None
        body = document.body.replace(rng.choice(lists), "", 1).strip("\n")
        return replace(document, body=body)

    return make


def _item_removed(document: Document, rng: random.Random) -> Document | None:
    items = re.findall(r"^[-•*] .*\$\d.*\n", document.body, re.MULTILINE)
    if len(items) < 4:
        return None
    return replace(document, body=document.body.replace(rng.choice(items), "", 1).strip("\n"))


def _paragraph_removed(document: Document, rng: random.Random) -> Document | None:
    said = {p.start for p in prose(document)}
    parts = document.body.split("\n\n")
    at, good = 0, []
    for number, part in enumerate(parts):
        if at in said and len(part.split()) >= 25:
            good.append(number)
        at += len(part) + 2
    if len(good) < 3:
        return None
    gone = rng.choice(good)
    return replace(document, body="\n\n".join(parts[:gone] + parts[gone + 1 :]))


def _paragraph_moved(document: Document, rng: random.Random) -> Document | None:
    parts = document.body.split("\n\n")
    if len(parts) < 6 or re.search(r"^(?:#|\*\*)", document.body, re.MULTILINE):
        return None
    if any(len(p) < 60 for p in parts[1:-1]):
        return None
    gone = rng.randrange(1, len(parts) - 3)
    part = parts.pop(gone)
    parts.insert(gone + 2, part)
    return replace(document, body="\n\n".join(parts))


def _under_another(document: Document, rng: random.Random) -> Document | None:
    parts = document.body.split("\n\n")
    heads = [i for i, p in enumerate(parts) if re.fullmatch(r"#+ .{4,60}|\*\*[^*\n]{4,60}\*\*", p)]
    if len(heads) < 2:
        return None
    first, second = heads[0], heads[1]
    movable = [i for i in range(first + 1, second) if len(parts[i].split()) > 12]
    if not movable or second + 1 >= len(parts):
        return None
    text = parts.pop(movable[-1])
    parts.insert(second, text)
    return replace(document, body="\n\n".join(parts))


def _field(make: Callable[[Document, random.Random], dict[str, object] | None]) -> Make:
    def edit(document: Document, rng: random.Random) -> Document | None:
        values = make(document, rng)
        return None if values is None else replace(document, **values)  # type: ignore[arg-type]

    return edit


def _link_elsewhere(document: Document, rng: random.Random) -> Document | None:
    spots = list(re.finditer(r"(?<=\]\()https?://[\w.-]+(?=/)", document.body))
    if not spots:
        return None
    return _put(document, rng.choice(spots), "http://www.elsewhere.example")


def _attachment(document: Document, _rng: random.Random) -> Document | None:
    if not document.attachments:
        return None
    other = Attachment(url="https://www.beehive.govt.nz/sites/default/files/another-report.pdf")
    return replace(document, attachments=(other, *document.attachments[1:]))


def _contact_digit(document: Document, rng: random.Random) -> Document | None:
    found = passages(plain(document.body))
    lines = [found[i] for i in contact_passages(found)]
    spots = [
        p.start + m.start() for p in lines for m in re.finditer(r"\d", p.text)
        if document.body[p.start + m.start()].isdigit()
    ]  # fmt: skip
    if not spots:
        return None
    at = rng.choice(spots)
    digit = rng.choice([d for d in "0123456789" if d != document.body[at]])
    return replace(document, body=document.body[:at] + digit + document.body[at + 1 :])


def _split(document: Document, rng: random.Random) -> Document | None:
    spots = list(re.finditer(r"(?<=[a-z]{3}\.) (?=[A-Z][a-z]+ )", document.body))
    return _put(document, rng.choice(spots), "\n\n") if spots else None


def _merge(document: Document, rng: random.Random) -> Document | None:
    spots = list(re.finditer(r"(?<=[a-z]{3}\.)\n\n(?=[A-Z][a-z])", document.body))
    return _put(document, rng.choice(spots), " ") if spots else None


def _unlisted(document: Document, _rng: random.Random) -> Document | None:
    body = re.sub(r"^- (?=\S)", "", document.body, flags=re.MULTILINE)
    body = re.sub(r"(?<=\S)\n(?=\S)", "\n\n", body) if body != document.body else body
    return replace(document, body=body) if body != document.body else None


def _title_cased(document: Document, _rng: random.Random) -> Document | None:
    title = " ".join(w[:1].upper() + w[1:] for w in document.title.split(" "))
    return replace(document, title=title) if title != document.title else None


def _acronym(document: Document, rng: random.Random) -> Document | None:
    names = {
        "Ministry of Health": "MoH", "Ministry for the Environment": "MfE",
        "Department of Conservation": "DOC", "Ministry of Education": "MoE",
        "Ministry of Social Development": "MSD", "New Zealand Transport Agency": "NZTA",
        "Accident Compensation Corporation": "ACC", "Reserve Bank": "RB",
        "Ministry of Business, Innovation and Employment": "MBIE",
        "Ministry for Primary Industries": "MPI", "Inland Revenue Department": "IRD",
        "Tertiary Education Commission": "TEC", "United Nations": "UN",
        "World Trade Organisation": "WTO", "European Union": "EU", "Ministry of Justice": "MoJ",
        "Ministry of Agriculture and Forestry": "MAF", "New Zealand Defence Force": "NZDF",
    }  # fmt: skip
    spots = list(_spots(document, "|".join(names)))
    return _put(document, m := rng.choice(spots), names[m.group()]) if spots else None


def _top(lines: Callable[[Document], str]) -> Make:
    return lambda document, _rng: replace(document, body=f"{lines(document)}\n\n{document.body}")


def _end(texts: list[str]) -> Make:
    return lambda document, rng: replace(document, body=f"{document.body}\n\n{rng.choice(texts)}")


def _co_issuing(document: Document, _rng: random.Random) -> Document | None:
    named = re.findall(r"Ministers? ((?:[A-Z][a-z]+ ){2})", document.body)
    named = [n.strip() for n in named if n.strip() not in document.ministers]
    if not named or len(document.ministers) != 1 or named[0].split()[0] in ("Helen", "Rt"):
        return None
    return replace(document, ministers=(named[0],))


def _day_shift(document: Document, rng: random.Random) -> Document | None:
    if document.date is None:
        return None
    return replace(document, date=document.date + timedelta(days=rng.choice([-1, 1])))


_PLAIN = r"(?<![\w.,$£€-])"
ROWS = [
    Row(name="direction", wanted=HIGH, share=1.0, make=swap(
        "increase/decrease,increased/decreased,increases/decreases,increasing/decreasing,"
        "rise/fall,rising/falling,rises/falls,rose/fell,more/less,up/down,gain/loss,gains/losses,"
        "higher/lower,growth/decline,strengthen/weaken")),
    Row(name="before, after", wanted=HIGH, make=swap("before/after")),
    Row(name="negation put in", wanted=HIGH, share=1.0, make=sub(
        r"(?<=\w )(?:will|is|are|was|has|have|would|can|should|must)(?= [a-z])",
        lambda m, _: f"{m.group()} not")),
    Row(name="negation taken out", wanted=HIGH, share=1.0,
        make=sub(r" not(?= [a-z])", lambda m, _: "")),
    Row(name="a digit", wanted=HIGH, share=1.0, make=sub(r"\d(?![\d\]])", _other_digit)),
    Row(name="million, billion", wanted=HIGH, share=1.0,
        make=swap("million/billion,thousand/million")),
    Row(name="a number in words", wanted=HIGH, share=1.0, make=sub(
        r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b(?!-)",
        lambda m, rng: rng.choice([w for w in ("three", "seven", "eleven", "thirty")
                                   if w != m.group()]))),
    Row(name="a unit", wanted=HIGH, share=1.0, make=sub(
        rf"{_PLAIN}(\d+) (years|months|days|weeks|hours|hectares|kilometres|tonnes)\b",
        lambda m, rng: m.group(1) + " " + rng.choice(
            [u for u in ("years", "months", "days", "acres", "miles") if u != m.group(2)]))),
    Row(name="currency", wanted=HIGH, share=1.0, make=sub(
        r"(?<![A-Z])\$(?=\d)", lambda _, rng: rng.choice(["A$", "US$", "£", "€", "AU$", "HK$"]))),
    Row(name="a date's day", wanted=HIGH, make=sub(
        rf"\b(\d\d?) ({_MONTHS})\b", _other_day)),
    Row(name="a date's month", wanted=HIGH, make=sub(
        rf"(?<=\d )({_MONTHS})\b",
        lambda m, rng: rng.choice([n for n in _MONTHS.split("|") if n != m.group()]))),
    Row(name="a year", wanted=HIGH, make=sub(
        r"\b(?:19|20)\d\d\b(?![\d,])",
        lambda m, rng: str(int(m.group()) + rng.choice([-1, 1, 2])))),
    Row(name="modality", wanted=HIGH, make=swap(
        "will/may,must/should,must/may,committed to/considering,can/should,will/could,shall/may")),
    Row(name="approval", wanted=HIGH, make=swap(
        "approved/rejected,approve/reject,supports/opposes,support/oppose,supported/opposed,"
        "accepted/declined,confirmed/denied,accept/decline,agreed/refused")),
    Row(name="quantifier", wanted=HIGH, make=swap(
        "all/some,most/some,all/most,every/some,none/some,many/few")),
    Row(name="up to", wanted=HIGH, make=sub(
        rf"(?<!to )(?<!least ){_PLAIN}(?=\$?\d[\d,.]* "
        r"(?:million|people|per|jobs|students|hectares|new|years|places))",
        lambda _, rng: rng.choice(["up to ", "at least "]))),
    Row(name="rival words", wanted=SOME, make=swap(
        "included/excluded,include/exclude,internal/external,imported/exported,imports/exports,"
        "employees/employers,employee/employer,maternity/paternity,public/private,"
        "temporary/permanent,domestic/foreign,landlords/tenants,urban/rural,legal/illegal,"
        "effective/ineffective,north/south,buyers/sellers,minimum/maximum,male/female,"
        "teachers/students,first/last,open/closed,formal/informal,voluntary/compulsory")),
    Row(name="words of the language", wanted=SOME, make=swap(
        "form/from,their/there,affect/effect,county/country,casual/causal,marital/martial,"
        "trail/trial,united/untied,principal/principle,statue/statute,prosecute/persecute,"
        "precede/proceed,personal/personnel,loose/lose,council/counsel,adopt/adapt,"
        "whānau/hapū,tangata/tamariki,contract/contact,unclear/nuclear,word/world,"
        "policy/police,place/plane,price/prize,health/wealth,training/raining,board/broad")),
    Row(name="a name with an inner capital", wanted=HIGH,
        make=sub(r"\b(?:Mc|Mac|Kiwi|Land|Ag|Work)[A-Z][a-z]+\b(?!['’])", _another(_INNER))),
    Row(name="a surname", wanted=HIGH, make=sub(
        rf"(?<=[a-z] )(?:{'|'.join(_SURNAMES)})\b(?!['’])", _another(_SURNAMES))),
    Row(name="a list removed", wanted=HIGH, make=_list_removed(5)),
    Row(name="an item with its sum removed", wanted=HIGH, make=_item_removed),
    Row(name="a paragraph removed", wanted=HIGH, share=0.9, make=_paragraph_removed),
    Row(name="moved under another heading", wanted=HIGH, make=_under_another),
    Row(name="last minister removed", wanted=SOME, make=_field(
        lambda d, _: {"ministers": ()} if d.ministers else None)),
    Row(name="attachment replaced", wanted=SOME, make=_attachment),
    Row(name="link to another host", wanted=SOME, make=_link_elsewhere),
    Row(name="5 June, June 5", wanted=LITTLE, make=sub(
        rf"\b(\d\d?) ({_MONTHS})\b(?! \d)", lambda m, _: f"{m.group(2)} {m.group(1)}")),
    Row(name="footnote mark", wanted=LITTLE, make=sub(
        r"(?<=[a-z]{3})(?=[.,] )", lambda _, rng: rng.choice(["[1]", "\\[2\\]", " [3]", "¹"]))),
    Row(name="press contact's digit", wanted=LITTLE, make=_contact_digit),
    Row(name="a letter lost", wanted=LITTLE, make=sub(r"\b[a-z]{7,}\b", _letter_lost)),
    Row(name="5 million, 5m", wanted=LITTLE, make=sub(
        r"(?<=\$)([\d.,]+) million\b", lambda m, rng: m.group(1) + rng.choice(["m", "M", " m"]))),
    Row(name="five, 5", wanted=LITTLE, make=sub(
        r"(?<!ty[ -])\b(?:two|three|four|five|six|seven|eight|nine|ten)\b"
        r"(?! (?:hundred|thousand|million))(?!-)",
        lambda m, _: {v: k for k, v in _TENS.items()}[m.group()])),
    Row(name="per cent, %", wanted=LITTLE, make=sub(r"(?<=\d) per ?cent\b", lambda *_: "%")),
    Row(name="title case", wanted=LITTLE, make=_title_cased),
    Row(name="acronym", wanted=LITTLE, make=_acronym),
    Row(name="Budget 2005: before the title", wanted=LITTLE, make=_field(
        lambda d, rng: {"title": f"Budget {rng.choice([2004, 2005, 2006])}: {d.title}"})),
    Row(name="embargo line", wanted=LITTLE, make=_top(
        lambda d: f"EMBARGOED UNTIL 2PM, {d.date:%A} {d.date.day} {d.date:%B %Y}"
        if d.date else "EMBARGOED UNTIL DELIVERY")),
    Row(name="date line", wanted=LITTLE, make=_top(
        lambda d: f"{d.date.day} {d.date:%B %Y}\n\nMedia Statement" if d.date
        else "Media statement")),
    Row(name="pointer", wanted=LITTLE, make=_end([
        "[Printer-friendly version](http://www.x.govt.nz/print)", "Printer friendly version",
        "The report is available at www.treasury.govt.nz/reports.",
        "The discussion document is available on the Ministry's website: www.med.govt.nz/doc",
        "Copies of the report are available from www.moh.govt.nz",
        "For more information visit [www.example.govt.nz](http://www.example.govt.nz)."])),
    Row(name="press contact put in", wanted=LITTLE, make=_end([
        "Contact: Jo Bloggs, press secretary, 021 555 0123",
        "Media contact: Sam Tester 04 817 9999 or 027 555 0199",
        "Media enquiries:\n\nJo Bloggs\n\n(04) 471 9999",
        "For further information contact Jo Bloggs (04) 471 9154"])),
    Row(name="co-issuing minister", wanted=LITTLE, make=_co_issuing),
    Row(name="a day's shift", wanted=LITTLE, make=_day_shift),
    Row(name="paragraph split", wanted=LITTLE, make=_split),
    Row(name="paragraphs merged", wanted=LITTLE, make=_merge),
    Row(name="list to paragraphs", wanted=LITTLE, make=_unlisted),
    Row(name="paragraph moved", wanted=LITTLE, make=_paragraph_moved),
]  # fmt: skip
