"""The rules for what stands in the front matter, and for links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from corrigenda.compare.edits import find_edits
from corrigenda.compare.plain import Passage, squash, tokens
from corrigenda.compare.rules.findings import Finding, became
from corrigenda.compare.rules.hard import hard_facts
from corrigenda.compare.rules.slips import is_light
from corrigenda.models import Attachment, Document, Significance

HIGH, MEDIUM, LOW, NONE = (
    Significance.HIGH,
    Significance.MEDIUM,
    Significance.LOW,
    Significance.NONE,
)

# Drupal signs image addresses with a token that changes without the image changing.
_TOKEN = re.compile(r"[?&]itok=[^&#]*")
_HONORIFICS = frozenset({"hon", "rt", "dr", "sir", "dame"})
_FIGURE_MARKS = re.compile(r"[\d.,%$]")


def title(old: Document, new: Document) -> list[Finding]:
    """Judge the title: ``high`` for a fact, ``medium`` for its words, ``low`` for typing."""
    if squash(old.title) == squash(new.title):
        return [] if old.title == new.title else [_restyled("title", old.title, new.title)]
    found = find_edits([Passage(old.title, 0)], [Passage(new.title, 0)])
    edits = [e for e in found.edits if e.old or e.new]
    hard = hard_facts(edits)
    light = all(is_light(e) for e in edits)
    reason = became("title", f'"{old.title}"', f'"{new.title}"')
    return [*hard, Finding(kind="title", significance=LOW if light else MEDIUM, reason=reason)]


def date(old: Document, new: Document) -> list[Finding]:
    """Judge the date: ``high``, but ``low`` where the release was posted anew.

    A re-post is another page with a date of its own; on the same page the publisher has
    dated the release otherwise than before.
    """
    if old.date == new.date:
        return []
    before, after = (f'"{d.date.isoformat()}"' if d.date else "" for d in (old, new))
    significance = HIGH if old.url == new.url else LOW
    reason = became("date", before, after)
    return [Finding(kind="date", significance=significance, reason=reason)]


def url(old: Document, new: Document) -> list[Finding]:
    """Report another address: ``low``."""
    if old.url == new.url:
        return []
    reason = became("url", f'"{old.url}"', f'"{new.url}"')
    return [Finding(kind="url", significance=LOW, reason=reason)]


def ministers(old: Document, new: Document) -> list[Finding]:
    """Judge credits: ``low``, but ``medium`` for whom the release does not speak of.

    Joint releases are credited to one minister and then another, named in the text or
    counted among "the Ministers". Another name got there by mistake, or an address did.
    """
    found = _credits("ministers", old.ministers, new.ministers)
    words = {t.key for t in tokens(f"{new.title} {new.body}")} if found else set()
    for name in new.ministers if old.ministers else ():
        if name in old.ministers:
            continue
        address = bool(re.search(r"[/@\d]|www", name))
        named = any(t.key in words for t in tokens(name) if t.key not in _HONORIFICS)
        if address or not (named or "ministers" in words):
            problem = "is no name" if address else "is credited, but not named in the release"
            reason = f'ministers: "{name}" {problem}'
            found.append(Finding(kind="ministers", significance=MEDIUM, reason=reason))
    return found


def portfolios(old: Document, new: Document) -> list[Finding]:
    """Report portfolios: ``low``."""
    return _credits("portfolios", old.portfolios, new.portfolios)


def attachments(old: Document, new: Document) -> list[Finding]:
    """Judge attachments: ``medium``, but ``low`` where one address took another's place.

    A file is renamed when it is uploaded again; more of them, fewer, or another length
    under the same address is a change of what the release hands out.
    """
    before = {a.url: a for a in old.attachments}
    after = {a.url: a for a in new.attachments}
    significance = LOW if len(old.attachments) == len(new.attachments) else MEDIUM
    addresses = tuple(a.url for a in old.attachments), tuple(a.url for a in new.attachments)
    reasons = [(significance, reason) for reason in _list_reasons("attachments", *addresses)]
    lengths = (_length_changed(before[a], after[a]) for a in before if a in after)
    reasons += [(MEDIUM, reason) for reason in lengths if reason]
    return [Finding(kind="attachments", significance=s, reason=r) for s, r in reasons]


def links(old: Sequence[str], new: Sequence[str]) -> list[Finding]:
    """Judge the targets of links: ``low``, ``high`` where only a figure in one differs.

    ``plan-2007.pdf`` for ``plan-2008.pdf`` sends readers to another year's plan.
    """
    before, after = Counter(map(_target, old)), Counter(map(_target, new))
    gone, come = list((before - after).elements()), list((after - before).elements())
    found: list[Finding] = []
    for target in list(gone):
        shape = _FIGURE_MARKS.sub("", target)
        twin = next((t for t in come if _FIGURE_MARKS.sub("", t) == shape), None)
        if twin is not None:
            gone.remove(target)
            come.remove(twin)
            reason = became("link", f'"{target}"', f'"{twin}"')
            found.append(Finding(kind="link", significance=HIGH, reason=reason))
    reasons = [became("link", f'"{t}"', "") for t in gone]
    reasons += [became("link", "", f'"{t}"') for t in come]
    return found + [Finding(kind="link", significance=LOW, reason=r) for r in reasons]


def images(old: Sequence[str], new: Sequence[str]) -> list[Finding]:
    """Report photographs exchanged: ``low``, also when only their number differs."""
    reasons = _list_reasons("link", tuple(map(_target, old)), tuple(map(_target, new)))
    return [Finding(kind="link", significance=LOW, reason=reason) for reason in reasons]


def _target(address: str) -> str:
    """Return an address without what does not matter to where it leads."""
    bare = _TOKEN.sub("", address).replace("\\", "")
    return re.sub(r"^https?://", "", bare, flags=re.IGNORECASE).rstrip("/")


def _credits(kind: str, old: tuple[str, ...], new: tuple[str, ...]) -> list[Finding]:
    """Report what was removed from and added to a list, or its order."""
    return [
        Finding(kind=kind, significance=LOW, reason=reason)
        for reason in _list_reasons(kind, old, new)
    ]


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


def _restyled(kind: str, old: str, new: str) -> Finding:
    """Report a field that differs in white space or the style of quotes: ``none``."""
    return Finding(
        kind="whitespace", significance=NONE, reason=f'{kind}: white space in "{old}" or "{new}"'
    )
