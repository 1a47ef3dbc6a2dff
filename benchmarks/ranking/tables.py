"""Make the frozen word tables: ``python -m benchmarks.ranking.tables ARCHIVE WORDNET``.

ARCHIVE is a folder of releases as Markdown; WORDNET the folder of WordNet 3.0's database
files (Debian: ``wordnet-base``, /usr/share/wordnet). Neither is needed at run time.

Three tables are written to ``corrigenda/compare/data``:

``words.txt``     words of the language: those of the archive that are WordNet's or an inflection
                  of one, are frequent and no slip of a far more frequent word, or are te reo
                  Māori by their syllables; names among them. Without accents and macrons.
``forms.tsv``     irregular forms and their base (``fell``, ``fall``)
``antonyms.tsv``  pairs that WordNet calls antonyms, where the archive has both
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from corrigenda.compare.text.spelling import bases, folded

DATA = Path(__file__).resolve().parents[2] / "corrigenda" / "compare" / "data"
NOTICE = "WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved."
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MAORI = re.compile(r"(?:(?:ng|wh|[hkmnprtw])?[aeiou]{1,3})+")
_OFTEN, _SELDOM = 8, 3
# A word this many times rarer than another one letter away is a slip of that other.
_SLIP = 40


def main(archive: Path, wordnet: Path) -> None:
    """Read both, write the tables."""
    seen, small = _count(archive)
    lemmas = _lemmas(wordnet)
    forms = _forms(wordnet, lemmas)
    known = {w for w in seen if len(w) > 1 and (w in lemmas or w in forms)}
    known |= {
        w
        for w in seen.keys() - known
        if bases(w, forms) & lemmas and (seen[w] > _SELDOM or _frequent(w, seen, small, 0))
    }
    words = known | {w for w in seen.keys() - known if _frequent(w, seen, small)}
    words |= {w for w, n in seen.items() if n >= _SELDOM and len(w) > 2 and _MAORI.fullmatch(w)}
    _write(
        "words.txt",
        f"words of the archive and {NOTICE}",
        sorted(w.capitalize() if _is_name(w, seen, small) else w for w in words),
    )
    kept = {f: base for f, base in forms.items() if f in seen}
    _write(
        "forms.tsv", f"irregular forms; {NOTICE}", [f"{f}\t{b}" for f, b in sorted(kept.items())]
    )
    pairs = {p for p in _antonyms(wordnet) if all(word in words for word in p)}
    _write("antonyms.tsv", f"antonyms; {NOTICE}", [f"{a}\t{b}" for a, b in sorted(pairs)])
    print(len(words), "words,", len(kept), "forms,", len(pairs), "antonyms")


def _count(archive: Path) -> tuple[Counter[str], Counter[str]]:
    """Return in how many documents each word stands, and each written small."""
    seen: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for path in archive.rglob("*.md"):
        body = path.read_text("utf-8").replace("’", "'")
        found = set(_WORD.findall(body))
        seen.update({folded(w).removesuffix("'s") for w in found})
        small.update({folded(w) for w in found if w.islower()})
    return seen, small


def _lemmas(wordnet: Path) -> set[str]:
    """Return WordNet's single words."""
    found: set[str] = set()
    for part in ("noun", "verb", "adj", "adv"):
        for line in (wordnet / f"index.{part}").read_text("utf-8").splitlines():
            lemma = line.split(" ", 1)[0]
            if lemma.isalpha():
                found.add(lemma)
    return found


def _forms(wordnet: Path, lemmas: set[str]) -> dict[str, str]:
    """Return irregular forms with their base."""
    found: dict[str, str] = {}
    for part in ("adj", "noun", "verb"):  # a verb's base counts before a noun's
        for line in (wordnet / f"{part}.exc").read_text("utf-8").splitlines():
            form, base = line.split()[:2]
            if form.isalpha() and base in lemmas and form != base and form not in lemmas - {"fell"}:
                found[form] = base
    return found


def _frequent(word: str, seen: Counter[str], small: Counter[str], often: int = _OFTEN) -> bool:
    """Tell whether a word that WordNet has not is one all the same: a name, a loan word."""
    if seen[word] < often or len(word) < 2:
        return False
    near = max((seen[w] for w in _one_away(word) if w in seen), default=0)
    is_name = _is_name(word, seen, small)
    return near < seen[word] * _SLIP * (5 if is_name else 1)


def _is_name(word: str, seen: Counter[str], small: Counter[str]) -> bool:
    """Tell a word that is hardly ever written small."""
    return small[word] * 5 < seen[word] and seen[word] >= _SELDOM


def _one_away(word: str) -> set[str]:
    """Return all strings one slip away."""
    letters = "abcdefghijklmnopqrstuvwxyz'"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + c + b[1:] for a, b in cuts if b for c in letters}
    found |= {a + c + b for a, b in cuts for c in letters}
    return found - {word}


def _antonyms(wordnet: Path) -> set[tuple[str, str]]:
    """Return pairs of words that WordNet calls antonyms, each pair once."""
    synsets: dict[tuple[str, str], list[str]] = {}
    pointers: dict[tuple[str, str], list[tuple[int, tuple[str, str], int]]] = defaultdict(list)
    for part in ("noun", "verb", "adj", "adv"):
        for line in (wordnet / f"data.{part}").read_text("utf-8").splitlines():
            if line.startswith("  "):
                continue
            cells = line.split(" | ")[0].split()
            key = (part[0].replace("a", part[:3]), cells[0])
            count = int(cells[3], 16)
            synsets[key] = [re.sub(r"\(.*", "", c).lower() for c in cells[4 : 4 + 2 * count : 2]]
            rest = cells[4 + 2 * count :]
            for at in range(1, 1 + 4 * int(rest[0]), 4):
                if rest[at] == "!":
                    pos = {"n": "n", "v": "v", "a": "adj", "s": "adj", "r": "adv"}[rest[at + 2]]
                    source, target = int(rest[at + 3][:2], 16), int(rest[at + 3][2:], 16)
                    pointers[key].append((source, (pos, rest[at + 1]), target))
    found = set()
    for key, links in pointers.items():
        for source, other, target in links:
            one, two = synsets[key][source - 1], synsets[other][target - 1]
            if one.isalpha() and two.isalpha() and one != two:
                found.add((min(one, two), max(one, two)))
    return found


def _write(name: str, head: str, lines: list[str]) -> None:
    """Write one table with its head line."""
    text = "\n".join([f"# {head} (benchmarks/ranking/tables.py)", *lines])
    (DATA / name).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
