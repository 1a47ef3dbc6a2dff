"""The verdict: two documents matched once, all rules applied, the score and the guarantees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from corrigenda.compare.alignment.bodies import Bodies
from corrigenda.compare.alignment.edits import edits_of
from corrigenda.compare.alignment.matching import Pair, Side, match
from corrigenda.compare.rules import fields, words
from corrigenda.compare.rules import passages as whole_passages
from corrigenda.compare.rules.asides import Said
from corrigenda.compare.rules.changed import look
from corrigenda.compare.rules.findings import (
    HIGH,
    KINDS,
    LOW,
    NONE,
    Finding,
    became,
    low,
    most_telling_first,
    nothing,
    reasons,
)
from corrigenda.compare.text.plain import GARBLED, Passage, same_words, squash
from corrigenda.compare.text.tokens import quoted
from corrigenda.fields import compared
from corrigenda.models import Difference, Document

_FIELDS = compared(Document)
_INSIDE = 60


@dataclass(frozen=True)
class Comparison:
    """Two documents side by side.

    Attributes:
        old: The earlier one.
        new: The later one.
    """

    old: Document
    new: Document

    @cached_property
    def bodies(self) -> Bodies:
        """Both bodies and their alignment."""
        return Bodies(self.old.body, self.new.body)

    @cached_property
    def said(self) -> tuple[Said, Said]:
        """Both documents as the rules look at them."""
        old, new = self.bodies.sides
        return Said(self.old, old.passages), Said(self.new, new.passages)

    @cached_property
    def findings(self) -> list[Finding]:
        """All the rules have to say."""
        old, new = self.old, self.new
        found = [
            *self._title(),
            *fields.date(old, new),
            *fields.url(old, new),
            *fields.ministers(old, new),
            *fields.portfolios(old, new),
            *fields.attachments(old, new),
        ]
        if old.body != new.body:
            found += self._body()
        return found

    def _title(self) -> list[Finding]:
        if self.old.title == self.new.title:
            return []
        sides = [
            Side([Passage(t.replace("\n", " "))] if t.strip() else [])
            for t in (self.old.title, self.new.title)
        ]
        found = edits_of(match(*sides), *sides)
        said = [Said(d, s.passages) for d, s in zip((self.old, self.new), sides, strict=True)]
        context = words.Context(old=said[0], new=said[1], names=frozenset(), title=True)
        judged = [look(e) for e in found]
        inside = [f for j in judged for f in words.findings(j, context)]
        return fields.title(self.old, self.new, inside)

    def _body(self) -> list[Finding]:
        """Apply the body's rules."""
        same = same_words(self.old.body, self.new.body)
        garbled = _garbled(self.old) != _garbled(self.new)
        if same and not garbled:
            return [nothing("whitespace", "white space or the style of quotes only")]
        found = [
            *self._edited(),
            *whole_passages.moved(self.bodies.matching, *self.bodies.sides),
            *self._restyled(),
            *fields.links(self.bodies.plain[0].links, self.bodies.plain[1].links),
            *fields.images(self.bodies.plain[0].images, self.bodies.plain[1].images),
        ]
        if garbled:
            found.append(low("typo", "typing: quotation marks garbled or repaired"))
        if not found:
            told = "formatting: bold, headings, lists, line breaks or image tokens only"
            found.append(nothing("formatting", told))
        return found

    def _edited(self) -> list[Finding]:
        """Apply the rules for edits."""
        old, new = self.said
        contacts = [e for e in self.bodies.edits if e.contact]
        whole = [e for e in self.bodies.edits if e.whole and not e.contact]
        inner = [e for e in self.bodies.edits if not e.whole and not e.contact]
        found: list[Finding] = []
        if inner:
            texts = [p.shown for side in self.bodies.sides for p in side.passages]
            context = words.Context(old=old, new=new, names=words.names_in(texts))
            judged = [look(e) for e in inner]
            words.note_moved(judged, context)
            found += [f for j in judged for f in words.findings(j, context)]
        found += whole_passages.findings(whole, old, new)
        for edit in contacts:
            before, after = (quoted(w, 160) if w else "" for w in (edit.old, edit.new))
            found.append(low("contact", became("contact", before, after)))
        return found

    def _restyled(self) -> list[Finding]:
        """Report words that differ in capitals or punctuation alone: ``low``."""
        old, new = self.bodies.sides
        found: dict[str, None] = {}
        for pair in self.bodies.matching.pairs:
            if len(found) >= _INSIDE:
                break
            found.update(dict.fromkeys(_styles(pair, old, new)))
        return [low("typo", reason) for reason in found]


def compare(old: Document, new: Document, weights: Mapping[str, float] | None = None) -> Difference:
    """Compare two documents.

    Args:
        old: The earlier one.
        new: The later one.
        weights: Weights of the score other than those that come with the package.

    Returns:
        What differs, how much it matters and why. Two equal documents differ in nothing;
        an attachment's length counts where both sides know it.
    """
    both = Comparison(old, new)
    found = most_telling_first(both.findings, weights)
    first = found[0] if found else None
    edits = both.bodies.edits if old.body != new.body else []
    return Difference(
        significance=first.rank(weights) if first else NONE,
        reasons=reasons(found),
        fields=tuple(name for name in _FIELDS if _differs(old, new, name, found)),
        kinds=tuple(sorted({f.kind for f in found}, key=KINDS.index)),
        words_added=sum(len(e.new) for e in edits),
        words_removed=sum(len(e.old) for e in edits),
        score=_score(found, weights),
        why=(first.why or first.reason) if first and first.rank(weights).rank > LOW.rank else "",
        sentence_old=first.old if first else "",
        sentence_new=first.new if first else "",
    )


def most_telling(old: Document, new: Document) -> Mapping[str, float] | None:
    """Return the features of the finding by which the score ranks a difference.

    Returns:
        None where a guarantee ranks it, or nothing is weighed.
    """
    found = Comparison(old, new).findings
    weighed = [f for f in found if f.features and f.at_most.rank > LOW.rank]
    if not weighed or any(f.at_least is HIGH for f in found):
        return None
    return max(weighed, key=Finding.score).features


def _score(found: Sequence[Finding], weights: Mapping[str, float] | None) -> float:
    """Return what orders changes inside a rank: the best score, and a tenth of each other's."""
    if not found:
        return 0.0
    top = found[0].rank(weights)
    scores = sorted((f.score(weights) for f in found if f.rank(weights) is top), reverse=True)
    return round(scores[0] + sum(max(s, 0.0) for s in scores[1:8]) / 10, 3)


def _differs(old: Document, new: Document, name: str, found: Sequence[Finding]) -> bool:
    """Tell whether a field differs; attachments do when a rule says so, for their lengths."""
    if name == "attachments":
        return any(f.kind == name for f in found)
    return bool(getattr(old, name) != getattr(new, name))


def _garbled(document: Document) -> int:
    """Return how many garbled quotation marks a body has."""
    return len(GARBLED.findall(document.body)) if "â€" in document.body else 0


def _styles(pair: Pair, old: Side, new: Side) -> list[str]:
    """Return how the words of a pair differ in capitals or punctuation."""
    a, b = old.slice(pair.old_start, pair.old_end), new.slice(pair.new_start, pair.new_end)
    if a == b or squash(a) == squash(b):
        return []
    was, now = old.tokens(pair.old_start, pair.old_end), new.tokens(pair.new_start, pair.new_end)
    return [
        f'typing: "{x.word}{x.tail}" became "{y.word}{y.tail}"'
        for x, y in zip(was, now, strict=False)
        if (x.word, x.tail) != (y.word, y.tail)
    ]
