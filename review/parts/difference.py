"""A body's difference as a page shows it: its words, its setting set aside (pure).

What differs in nothing but its setting (bold, headings, line breaks, the style of quotes) is
shown as unchanged, unless the exact text is asked for: then every character is, marks too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from corrigenda.compare import Block, BlockKind, Operation, OperationKind, diff_body
from review.parts import setting

_SIGNS = frozenset("$€£¥")
_CHANGED = ("insert", "delete")
#: Characters of a text that a page shows; the document itself is a download. Releases have
#: 3,000 as a rule, and the longest on record some 100,000.
LONGEST = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of words of one fate.

    Attributes:
        kind: ``keep``, ``insert``, ``delete``, or ``moved`` where it came from elsewhere.
        text: The words; white space that is itself the change is made visible.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as shown.

    Attributes:
        kind: ``equal``, ``added``, ``removed``, ``moved`` or ``edited``.
        pieces: Its words, inline.
        moved_from: For a moved one, its place before, from 1; 0 otherwise.
        coarse: It was too long to compare word by word.
        form: ``heading``, ``quote``, ``table``, or empty.
        relinked: A link in it leads elsewhere.
        left_out: Characters of it, and of what followed, that are too many to show.
    """

    kind: str
    pieces: tuple[Piece, ...]
    moved_from: int = 0
    coarse: bool = False
    form: str = ""
    relinked: bool = False
    left_out: int = 0

    @property
    def before(self) -> tuple[Piece, ...]:
        """The old side's words."""
        return tuple(p for p in self.pieces if p.kind != "insert")

    @property
    def after(self) -> tuple[Piece, ...]:
        """The new side's words."""
        return tuple(p for p in self.pieces if p.kind != "delete")

    @property
    def rows(self) -> list[list[tuple[Piece, ...]]]:
        """A table's rows, each with its cells; a row that only draws a line is left out."""
        rows: list[list[list[Piece]]] = [[[]]]
        for piece in self.pieces:
            for number, line in enumerate(piece.text.split("\n")):
                if number:
                    rows.append([[]])
                for place, cell in enumerate(line.split("|")):
                    if place:
                        rows[-1].append([])
                    if cell:
                        rows[-1][-1].append(replace(piece, text=cell))
        told = [[tuple(cell) for cell in row[1:-1]] for row in rows]
        return [row for row in told if any(p.text.strip(" -:") for cell in row for p in cell)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Paragraphs in a row that changed, or that did not and may be folded away.

    Attributes:
        changed: Whether they did.
        paragraphs: They.
    """

    changed: bool
    paragraphs: tuple[Paragraph, ...]

    @property
    def words(self) -> int:
        """How many words they have."""
        return sum(len(p.text.split()) for each in self.paragraphs for p in each.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two bodies' difference, in both ways to show it.

    Attributes:
        words: Its words.
        exact: Every mark and space, as the documents have them.
    """

    words: list[Stretch]
    exact: list[Stretch]

    @property
    def setting(self) -> bool:
        """The bodies differ in more than the words that are shown."""
        return _changes(self.words) != _changes(self.exact)


def difference(old: str, new: str) -> Difference:
    """Return two bodies' difference.

    Args:
        old: Markdown.
        new: Markdown.
    """
    blocks = diff_body(old, new)
    return Difference(
        words=_stretches(p for p in (_in_words(block) for block in blocks) if p.pieces),
        exact=_stretches(_in_full(block) for block in blocks),
    )


def text_as_read(body: str) -> list[Paragraph]:
    """Return a body's paragraphs as a page shows them."""
    seen = body[:LONGEST]  # before it is read: a body far too large costs no more than this
    found = [p for stretch in difference(seen, seen).words for p in stretch.paragraphs]
    if found and len(body) > LONGEST:
        found[-1] = replace(found[-1], left_out=found[-1].left_out + len(body) - LONGEST)
    return found


def _stretches(paragraphs: Iterable[Paragraph]) -> list[Stretch]:
    found = [
        Stretch(changed=changed, paragraphs=tuple(run))
        for changed, run in groupby(paragraphs, key=lambda p: p.kind != "equal")
    ]
    left = LONGEST
    # What did not change is left out before what did.
    for index in sorted(range(len(found)), key=lambda at: not found[at].changed):
        shown, left = _fitted(found[index].paragraphs, left)
        found[index] = replace(found[index], paragraphs=shown)
    return found


def _fitted(paragraphs: Sequence[Paragraph], left: int) -> tuple[tuple[Paragraph, ...], int]:
    """Return as many paragraphs as may be shown, and how many characters more may be."""
    shown: list[Paragraph] = []
    for place, paragraph in enumerate(paragraphs):
        pieces = []
        for piece in paragraph.pieces:
            pieces.append(replace(piece, text=piece.text[:left]))
            left = max(left - len(piece.text), 0)
        kept = replace(paragraph, pieces=tuple(piece for piece in pieces if piece.text))
        gone = _length(paragraphs[place:]) - _length([kept]) if not left else 0
        shown.append(replace(kept, left_out=gone))
        if gone:
            break
    return tuple(shown), left


def _length(paragraphs: Sequence[Paragraph]) -> int:
    return sum(len(piece.text) for each in paragraphs for piece in each.pieces)


def _changes(found: Sequence[Stretch]) -> int:
    pieces = (p for s in found for each in s.paragraphs for p in each.pieces)
    return sum(piece.kind in _CHANGED for piece in pieces)


def _in_full(block: Block) -> Paragraph:
    return Paragraph(
        kind=str(block.kind),
        pieces=tuple(_exact(block)),
        moved_from=_moved_from(block),
        coarse=block.coarse,
    )


def _in_words(block: Block) -> Paragraph:
    raw = list(_visible(block))
    # Links of a passage that is new, or gone, are no news.
    both = any(kind not in _CHANGED for kind, _ in raw)
    hidden = any(kind in _CHANGED and not text for kind, text in raw)
    relinked = both and hidden and setting.targets(block.old) != setting.targets(block.new)
    pieces = _words(raw)
    changed = relinked or _moved_from(block) or any(p.kind != "keep" for p in pieces)
    return Paragraph(
        kind=str(block.kind if changed else BlockKind.EQUAL),
        pieces=pieces,
        moved_from=_moved_from(block),
        coarse=block.coarse,
        form=setting.form(block.new or block.old),
        relinked=relinked,
    )


def _moved_from(block: Block) -> int:
    moved = block.kind is BlockKind.MOVED and block.old_at is not None
    return (block.old_at or 0) + 1 if moved else 0


def _operations(block: Block) -> Sequence[Operation]:
    """Return a block's words; of one that is whole, all of them at once."""
    if block.operations:
        return block.operations
    if block.kind is BlockKind.ADDED:
        return [Operation(kind=OperationKind.INSERT, text=block.new)]
    if block.kind is BlockKind.REMOVED:
        return [Operation(kind=OperationKind.DELETE, text=block.old)]
    return [Operation(kind=OperationKind.KEEP, text=block.new)]


def _exact(block: Block) -> Iterator[Piece]:
    pieces = [Piece(kind=str(o.kind), text=o.text) for o in _operations(block)]
    for piece in _signed(pieces):
        text = piece.text
        if piece.kind in _CHANGED and not text.strip():
            # Nobody can see an inserted no-break space.
            text = text.replace("\u00a0", "⍽").replace(" ", "␣").replace("\n", "↵\n")
        yield replace(piece, text=text)


def _visible(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each operation's kind, and the words that are seen of it."""
    new, at = setting.shown(block.new), 0
    old, was = setting.shown(block.old), 0
    for operation in _operations(block):
        text = operation.text
        if operation.kind is OperationKind.DELETE:
            # Words gone may have stood in another paragraph, which this one was joined with.
            found = block.old.find(text, was)
            places = setting.shown(text) if found < 0 else old[found : found + len(text)]
            was = was if found < 0 else found + len(text)
        else:
            places = new[at : at + len(text)]
            at += len(text)
            if operation.kind is OperationKind.KEEP:
                found = block.old.find(text, was)
                was = was if found < 0 else found + len(text)
        yield str(operation.kind), "".join(places)


def _words(raw: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """Return what is seen, changes of the setting alone taken for none."""
    pieces: list[Piece] = []
    for changed, run in groupby(raw, key=lambda r: r[0] in _CHANGED):
        some = list(run)
        gone = "".join(text for kind, text in some if kind == "delete")
        come = "".join(text for kind, text in some if kind == "insert")
        if changed and setting.says_the_same(gone, come):
            some = [("keep", come or (gone if not gone.strip() else ""))]
        elif changed:
            some = [("delete", gone), ("insert", come)]
        pieces += [Piece(kind=kind, text=text) for kind, text in some if text]
    joined: list[Piece] = []
    for kind, group in groupby(pieces, key=lambda p: p.kind):
        joined.append(Piece(kind=kind, text="".join(p.text for p in group)))
    return tuple(_signed(joined))


def _signed(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Show a currency's sign with its figure: "$5" became "$6", not $ and then 5 and 6."""
    sign = ""
    for index, piece in enumerate(pieces):
        if piece.kind in _CHANGED:
            yield replace(piece, text=sign + piece.text)
            continue
        last = piece.text[-1:]
        pair = pieces[index + 1 : index + 3]
        figures = [p.kind for p in pair] == ["delete", "insert"] and all(
            p.text[:1].isdigit() for p in pair
        )
        sign = last if last in _SIGNS and figures else ""
        if kept := piece.text[: len(piece.text) - len(sign)]:
            yield replace(piece, text=kept)
