"""Press-contact lines: whom journalists may ring. Not part of what a release says.

They are added and removed for their own reasons, so a change there is recorded as
``low``; and they name people with their telephone numbers, which public pages and
feeds do not repeat. A number the *public* is to ring (0800, 0508) is no press contact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corrigenda.compare.text.locality import LOCAL_PHONE, PHONE
from corrigenda.compare.text.plain import Passage, passages, plain

_EMAIL = re.compile(r"[\w.+-]+(?:\\_[\w.+-]+)*@[\w-]+(?:\.[\w-]+)+")
_MAILTO = re.compile(r"\[[^\[\]]*\]\(mailto:[^()\s]*\)")
# Who is asked, and how they are announced. "contact" alone is an ordinary word.
_CUE = re.compile(
    r"\bcontacts?\b[^.]{0,60}:"
    r"|^\W*(?:for |any )?(?:further |more )?(?:information |details |comment )?\W*"
    r"(?:please )?contacts?\b"
    r"|\binformation,? (?:please )?contact"
    r"|\bcontacting:"
    r"|\b(?:further|more) information\W"
    r"|\b(?:media|press|further|general)\s+(?:\w+\s+)?(?:enquir|inquir|contact|comment)"
    r"|\b(?:enquiries|inquiries)\b[^.]{0,20}:"
    r"|\b(?:press|private|media) (?:secretary|officer|advis[eo]r|liaison)",
    re.IGNORECASE,
)
_AVAILABLE = re.compile(
    r"\bavailable (?:\w+ ){0,4}to take calls|\bavailable for (?:media )?interview",
    re.IGNORECASE,
)
# What all of these have in common; it spares nearly every passage the long patterns.
_HINT = re.compile(r"[Cc]ontact|CONTACT|nquir|NQUIR|ecretary|ffic|dvis|iaison|nformation|vailable")
# A heading such as "Media enquiries:" reaches this many lines down for its number.
_REACH = 6
_SHORT = 12
_LONGEST_NAME_AND_NUMBER = 120
_NUMBER_WORDS = frozenset(
    "ph phone tel telephone fax mobile cell or and on email mail for of the".split()
)

_NUMBERED = re.compile(r"\b(?:ph(?:one)?|tel(?:ephone)?|mob(?:ile)?|cell|fax)\b", re.IGNORECASE)

_PHONE_MASK = "(phone withheld)"
_EMAIL_MASK = "(email withheld)"


def contact_passages(found: Sequence[Passage]) -> set[int]:
    """Return the indexes of passages that are press-contact lines.

    A passage is one when it announces a contact and holds a number or address; when it
    stands between such an announcement and the number; or when it follows one and holds
    another number or address. Long sentences in between end the block.

    Args:
        found: A body's passages, in order.
    """
    lines: set[int] = set()
    for index, passage in enumerate(found):
        follows = index - 1 in lines and _continues(passage)
        if follows or _is_name_and_number(passage):
            lines.add(index)
        elif not _HINT.search(passage.shown):
            continue
        elif _AVAILABLE.search(passage.shown):
            lines.add(index)
        elif _CUE.search(passage.shown):
            lines.update(_block(found, index))
    return lines


def with_contacts_marked(found: Sequence[Passage]) -> list[Passage]:
    """Return the passages with ``contact`` set on the press-contact lines."""
    lines = contact_passages(found)
    return [replace(p, contact=True) if i in lines else p for i, p in enumerate(found)]


def announces(passage: Passage) -> bool:
    """Tell whether a contact line says that it is one, and is not only a name and a number."""
    return bool(_CUE.search(passage.shown) or _NUMBERED.search(passage.shown))


def mask_contacts(text: str) -> str:
    """Withhold telephone numbers and e-mail addresses of press contacts.

    Args:
        text: A body, or any part of one; a reason quoting one.

    Returns:
        The text with each replaced by words that say so; all other lines untouched.
    """
    found = passages(plain(text))
    contact_texts = {found[index].squash for index in contact_passages(found)}
    if not contact_texts:
        return text
    return "\n".join(
        _masked(line) if _is_among(line, contact_texts) else line for line in text.split("\n")
    )


def _is_among(line: str, contact_texts: set[str]) -> bool:
    """Tell whether any passage of a raw line is a contact's."""
    return any(passage.squash in contact_texts for passage in passages(plain(line)))


def _masked(line: str) -> str:
    """Mask one line."""
    line = _EMAIL.sub(_EMAIL_MASK, _MAILTO.sub(_EMAIL_MASK, line))
    return LOCAL_PHONE.sub(_PHONE_MASK, PHONE.sub(_PHONE_MASK, line))


def _reachable(passage: Passage) -> bool:
    """Tell whether it gives a number or an address."""
    return any(p.search(passage.shown) for p in (PHONE, LOCAL_PHONE, _EMAIL))


def _is_name_and_number(passage: Passage) -> bool:
    """Tell a line that holds a name, or an address, and a number: ``Cy Specimen 04 555 0199``."""
    if len(passage.shown) > _LONGEST_NAME_AND_NUMBER or not PHONE.search(passage.shown):
        return False
    words = re.findall(r"[^\W\d_]+", PHONE.sub("", _EMAIL.sub("Mail", passage.shown)))
    return 1 <= len(words) <= _SHORT and all(w[0].isupper() or w in _NUMBER_WORDS for w in words)


def _continues(passage: Passage) -> bool:
    """Tell whether a passage after a contact line belongs to it."""
    words = sum(any(c.isalpha() for c in word) for word in passage.shown.split())
    return words <= _SHORT and (_reachable(passage) or (passage.linked and words <= 2))


def _block(found: Sequence[Passage], start: int) -> range:
    """Return the contact lines an announcement opens; empty when no number follows."""
    if _reachable(found[start]):
        return range(start, start + 1)
    for index in range(start + 1, min(start + 1 + _REACH, len(found))):
        if _reachable(found[index]):
            long = len(found[start].shown.split()) > _SHORT
            return range(start + 1 if long else start, index + 1)
        if len(found[index].shown.split()) > _SHORT or found[index].shown.endswith((".", "'")):
            break
    return range(0)
