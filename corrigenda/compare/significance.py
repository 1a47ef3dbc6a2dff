"""The verdict: all rules applied to two documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from corrigenda.compare import lexicon as facts
from corrigenda.compare.contacts import with_contacts_marked
from corrigenda.compare.edits import Edits, find_edits
from corrigenda.compare.plain import GARBLED, passages, plain, quoted, squash, without_numbering
from corrigenda.compare.rules import body as rules
from corrigenda.compare.rules import fields
from corrigenda.compare.rules.boilerplate import Side, boilerplate, has_facts
from corrigenda.compare.rules.findings import KINDS, Finding, reasons
from corrigenda.compare.rules.hard import hard_facts
from corrigenda.compare.words import Edit
from corrigenda.fields import compared
from corrigenda.models import Difference, Document, Significance

LOW, NONE = Significance.LOW, Significance.NONE

_FIELDS = compared(Document)
# Where one side of a place says so much more than the other, it is no rewording.
_MUCH_MORE = 20
_TIMES_MORE = 2.5


def compare(old: Document, new: Document) -> Difference:
    """Compare two documents.

    Args:
        old: The earlier one.
        new: The later one.

    Returns:
        What differs, how much it matters and why. Two equal documents differ in nothing;
        an attachment's length counts where both sides know it.
    """
    found = [
        *fields.title(old, new),
        *fields.date(old, new),
        *fields.url(old, new),
        *fields.ministers(old, new),
        *fields.portfolios(old, new),
        *fields.attachments(old, new),
    ]
    edits = Edits(edits=(), moved=(), restyled=())
    if old.body != new.body:
        body, edits = _body(old, new)
        found += body
    return Difference(
        significance=max((f.significance for f in found), key=lambda s: s.rank, default=NONE),
        reasons=reasons(found),
        fields=tuple(name for name in _FIELDS if _differs(old, new, name, found)),
        kinds=tuple(sorted({f.kind for f in found}, key=KINDS.index)),
        words_added=_count(e.new for e in edits.edits)
        + _count(p.tokens for p in edits.contacts_new),
        words_removed=_count(e.old for e in edits.edits)
        + _count(p.tokens for p in edits.contacts_old),
    )


def _differs(old: Document, new: Document, name: str, found: Iterable[Finding]) -> bool:
    """Tell whether a field differs; attachments do when a rule says so, for their lengths."""
    if name == "attachments":
        return any(f.kind == name for f in found)
    return bool(getattr(old, name) != getattr(new, name))


def _count(words: Iterable[Sequence[object]]) -> int:
    """Return how many words there are."""
    return sum(map(len, words))


def _body(old: Document, new: Document) -> tuple[list[Finding], Edits]:
    """Apply the body's rules."""
    if squash(old.body) == squash(new.body) and _garbled(old) == _garbled(new):
        white = Finding(
            kind="whitespace", significance=NONE, reason="white space or the style of quotes only"
        )
        return [white], Edits(edits=(), moved=(), restyled=())
    before, after = without_numbering(plain(old.body), plain(new.body))
    here = Side(old, with_contacts_marked(passages(before.text)))
    there = Side(new, with_contacts_marked(passages(after.text)))
    edits = find_edits(here.passages, there.passages)
    found = [
        *_edited(edits.edits, here, there),
        *rules.contacts(edits.contacts_old, edits.contacts_new),
        *rules.moved(edits.moved),
        *rules.restyled(edits.restyled),
        *fields.links(before.links, after.links),
        *fields.images(before.images, after.images),
    ]
    if _garbled(old) != _garbled(new):
        reason = "typing: quotation marks garbled or repaired"
        found.append(Finding(kind="typo", significance=LOW, reason=reason))
    if not found:
        reason = "formatting: bold, headings, lists, line breaks or image tokens only"
        found.append(Finding(kind="formatting", significance=NONE, reason=reason))
    return found, edits


def _edited(edits: Sequence[Edit], old: Side, new: Side) -> list[Finding]:
    """Apply the rules for edits: boilerplate set aside, then the passages, then the words."""
    inner = [e for e in edits if not e.whole]
    whole = [e for e in edits if e.whole]
    aside = _boilerplate(whole, old, new)
    gone_or_come: list[Edit] = []
    for _, group in groupby((e for e in whole if id(e) not in aside), key=lambda e: e.place):
        reworded, rest = _reworded(list(group))
        inner += reworded
        gone_or_come += rest
    found = rules.paragraphs(gone_or_come)
    found += [_aside(e, aside[id(e)]) for e in whole if id(e) in aside]
    if inner:
        # Not before: it reads both bodies whole.
        context = rules.Context(
            names=facts.names_in([p.text for p in (*old.passages, *new.passages)]),
            old_words=old.words,
            new_words=new.words,
        )
        found += hard_facts(inner, gone_or_come)
        found += rules.commitments(inner)
        found += rules.names(inner, context)
        found += rules.wording(inner, context)
    return found


def _boilerplate(whole: Sequence[Edit], old: Side, new: Side) -> dict[int, str]:
    """Return, by identity of the edit, which whole passages are boilerplate of what kind.

    It counts in one direction only. Where figures, dates or negations in boilerplate both
    go and come, one may have become the other; and a repetition is no mere repetition where
    as many passages came as went, of which it may be the changed form.
    """
    kinds: dict[int, str] = {}
    gone = sum(1 for edit in whole if edit.old)
    come = len(whole) - gone
    for edit in whole:
        here, there = (old, new) if edit.old else (new, old)
        kind = boilerplate(edit.passages[0], here, there)
        outweighs = gone > come if edit.old else come > gone
        if kind and (kind != "repeat" or outweighs):
            kinds[id(edit)] = kind
    with_facts = [e for e in whole if id(e) in kinds and has_facts(e.passages[0])]
    both_ways = len({bool(edit.old) for edit in with_facts}) == 2
    return {} if both_ways else kinds


def _reworded(group: list[Edit]) -> tuple[list[Edit], list[Edit]]:
    """Join what went and what came in one place into one edit, unless one far outweighs."""
    old = tuple(t for e in group for t in e.old)
    new = tuple(t for e in group for t in e.new)
    more, less = max(len(old), len(new)), min(len(old), len(new))
    if not old or not new or (more - less > _MUCH_MORE and more > _TIMES_MORE * less):
        return [], group
    speech = any(p.speech for e in group for p in e.passages)
    return [Edit(old=old, new=new, place=group[0].place, speech=speech)], []


def _aside(edit: Edit, kind: str) -> Finding:
    """Report boilerplate removed or added: ``low``."""
    verb = "removed" if edit.old else "added"
    label = "link" if kind == "pointer" else f"paragraph-{verb}"
    quote = quoted(edit.old or edit.new)
    return Finding(kind=label, significance=LOW, reason=f"{kind}: {quote} {verb}")


def _garbled(document: Document) -> int:
    """Return how many garbled quotation marks a body has."""
    return len(GARBLED.findall(document.body)) if "â€" in document.body else 0
