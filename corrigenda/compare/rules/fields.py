"""What changed in the front matter, and where links lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from corrigenda.compare.rules.findings import (
    HIGH,
    LOW,
    MEDIUM,
    Finding,
    became,
    low,
    nothing,
)
from corrigenda.compare.text.locality import HONORIFICS
from corrigenda.compare.text.plain import squash
from corrigenda.compare.text.tokens import tokens, vocabulary
from corrigenda.models import Attachment, Document

# Drupal signs image addresses with a token that changes without the image changing.
_TOKEN = re.compile(r"[?&]itok=[^&#]*")
_FIGURE_MARKS = re.compile(r"[\d.,%$]")
# What every release of a Budget may be headed by.
_BUDGET = re.compile(r"^\W*Budget (?:19|20)?'?\d\d\s*[-:–—]+\s*", re.IGNORECASE)
# What a file's name gets when it is uploaded again.
_UPLOADED = re.compile(r"(?:[_-]\d{1,2})*(?=\.\w+$|$)")
# More links than this are compared as sets, not each with each.
_TRIES = 200


def title(old: Document, new: Document, inside: Sequence[Finding]) -> list[Finding]:
    """Judge the title: by its facts and names as prose, else ``medium``; ``low`` for typing.

    Args:
        old: The earlier document.
        new: The later one.
        inside: What the rules for words found in the two titles.
    """
    if squash(old.title) == squash(new.title):
        if old.title == new.title:
            return []
        return [nothing("whitespace", f'title: white space in "{old.title}" or "{new.title}"')]
    told = became("title", f'"{old.title}"', f'"{new.title}"')
    if squash(_BUDGET.sub("", old.title)) == squash(_BUDGET.sub("", new.title)):
        return [low("title", told)]
    hard = [f for f in inside if f.at_least is HIGH]
    light = all(f.rank().rank <= LOW.rank for f in inside)
    wording = Finding(
        kind="title",
        reason=told,
        features={} if light else {"title": 1.0},
        at_least=LOW if light else MEDIUM,
        at_most=LOW if light else MEDIUM,
        why="the title says something else",
        old=old.title,
        new=new.title,
    )
    return [*hard, wording]


def date(old: Document, new: Document) -> list[Finding]:
    """Judge the date: ``high``, but ``low`` for one day's shift or where it was posted anew.

    The site dates by UTC and its editors by the day in New Zealand; a re-post is another page
    with a date of its own. On the same page the publisher has dated the release otherwise.
    """
    if old.date == new.date:
        return []
    before, after = (f'"{d.date.isoformat()}"' if d.date else "" for d in (old, new))
    told = became("date", before, after)
    shifted = bool(old.date and new.date) and abs((old.date - new.date).days) <= 1  # type: ignore[operator]
    if shifted or old.url != new.url:
        return [low("date", told)]
    why = became("its date of publication", before, after)
    return [Finding(kind="date", reason=told, at_least=HIGH, features={"date": 1.0}, why=why)]


def url(old: Document, new: Document) -> list[Finding]:
    """Report another address: ``low``."""
    if old.url == new.url:
        return []
    return [low("url", became("url", f'"{old.url}"', f'"{new.url}"'))]


def ministers(old: Document, new: Document) -> list[Finding]:
    """Judge credits: ``low``, but ``medium`` for whom the release does not speak of.

    Joint releases are credited to one minister and then another, named in the text or
    counted among "the Ministers". Another name got there by mistake, or an address did; and
    a release that loses its last minister is nobody's.
    """
    found = [low("ministers", r) for r in _list_reasons("ministers", old.ministers, new.ministers)]
    if old.ministers and not new.ministers:
        found.append(_medium("ministers", "ministers: nobody is credited any more"))
    words = vocabulary([new.title, new.body]) if found else frozenset[str]()
    for name in new.ministers if old.ministers else ():
        if name in old.ministers:
            continue
        address = bool(re.search(r"[/@\d]|www", name))
        named = any(t.key in words for t in tokens(name) if t.key not in HONORIFICS)
        if address or not (named or "ministers" in words):
            problem = "is no name" if address else "is credited, but not named in the release"
            found.append(_medium("ministers", f'ministers: "{name}" {problem}'))
    return found


def _medium(kind: str, reason: str) -> Finding:
    """Return a finding that is ``medium`` whatever the score."""
    return Finding(kind=kind, reason=reason, at_least=MEDIUM, at_most=MEDIUM, features={kind: 1.0})


def portfolios(old: Document, new: Document) -> list[Finding]:
    """Report portfolios: ``low``."""
    return [
        low("portfolios", r) for r in _list_reasons("portfolios", old.portfolios, new.portfolios)
    ]


def attachments(old: Document, new: Document) -> list[Finding]:
    """Judge attachments: ``medium``, but ``low`` where a file was only uploaded again.

    Then its name gets a number behind it. Another name, more of them, fewer, or another
    length under the same address is a change of what the release hands out.
    """
    before = {a.url: a for a in old.attachments}
    after = {a.url: a for a in new.attachments}
    names = [Counter(_file(a.url) for a in d.attachments) for d in (old, new)]
    same = names[0] == names[1]
    addresses = tuple(a.url for a in old.attachments), tuple(a.url for a in new.attachments)
    found = [
        low("attachments", r) if same else _medium("attachments", r)
        for r in _list_reasons("attachments", *addresses)
    ]
    lengths = (_length_changed(before[a], after[a]) for a in before if a in after)
    return found + [_medium("attachments", reason) for reason in lengths if reason]


def _file(address: str) -> str:
    """Return a file's name without what an upload adds."""
    name = urlsplit(address).path.rsplit("/", 1)[-1].lower()
    return _UPLOADED.sub("", name, count=1)


def links(old: Sequence[str], new: Sequence[str]) -> list[Finding]:
    """Judge where links lead: another host ``medium``, another figure ``high``, the rest ``low``.

    ``plan-2007.pdf`` for ``plan-2008.pdf`` sends readers to another year's plan.
    """
    before, after = Counter(map(_target, old)), Counter(map(_target, new))
    gone, come = list((before - after).elements()), list((after - before).elements())
    found: list[Finding] = []
    for target in list(gone) if len(gone) * len(come) <= _TRIES**2 else ():
        shape = _FIGURE_MARKS.sub("", target)
        twin = next((t for t in come if _FIGURE_MARKS.sub("", t) == shape), None)
        if twin is not None:
            gone.remove(target)
            come.remove(twin)
            told = became("link", f'"{target}"', f'"{twin}"')
            found.append(
                Finding(
                    kind="link",
                    reason=told,
                    features={"link figure": 1.0},
                    at_least=HIGH,
                    why=became("where a link leads", f'"{target}"', f'"{twin}"'),
                )
            )
    if len(gone) == len(come) and len(old) == len(new):
        for one, other in zip(gone, come, strict=True):
            told = became("link", f'"{one}"', f'"{other}"')
            elsewhere = _host(one) != _host(other)
            found.append(_medium("link", told) if elsewhere else low("link", told))
        return found
    told_all = [became("link", f'"{t}"', "") for t in gone]
    told_all += [became("link", "", f'"{t}"') for t in come]
    return found + [low("link", r) for r in told_all]


def _host(target: str) -> str:
    """Return the host of an address without its scheme."""
    return target.split("/", 1)[0].lower().removeprefix("www.")


def images(old: Sequence[str], new: Sequence[str]) -> list[Finding]:
    """Report photographs exchanged: ``low``, also when only their number differs."""
    reasons = _list_reasons("link", tuple(map(_target, old)), tuple(map(_target, new)))
    return [low("link", reason) for reason in reasons]


def _target(address: str) -> str:
    """Return an address without what does not matter to where it leads."""
    bare = _TOKEN.sub("", address).replace("\\", "")
    return re.sub(r"^(?:https?://)+", "", bare, flags=re.IGNORECASE).rstrip("/")


def _list_reasons(kind: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    """Yield the reasons for a list: exchanges, removals, additions, order."""
    if old == new:
        return
    gone = list((Counter(old) - Counter(new)).elements())
    come = list((Counter(new) - Counter(old)).elements())
    if not gone and not come:
        yield f"{kind}: in another order"
    elif len(gone) == len(come):
        yield from (became(kind, f'"{a}"', f'"{b}"') for a, b in zip(gone, come, strict=True))
    else:
        yield from (became(kind, f'"{item}"', "") for item in gone)
        yield from (became(kind, "", f'"{item}"') for item in come)


def _length_changed(old: Attachment, new: Attachment) -> str | None:
    """Say that a file was exchanged, when both its lengths are known and differ."""
    if old.length is None or new.length is None or old.length == new.length:
        return None
    return f'attachments: "{old.url}" was {old.length:,} bytes and is {new.length:,}'
