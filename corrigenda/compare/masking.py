"""What the public does not see: press contacts' telephone numbers and addresses (pure).

The store keeps the originals; a signed-in reviewer sees them.
"""

from __future__ import annotations

from corrigenda import documents
from corrigenda.compare.text.contacts import mask_contacts
from corrigenda.errors import DocumentError

# A reason about contact lines quotes them without what announces them.
_ABOUT_CONTACTS = "contact:"


def body(text: str, *, masked: bool) -> str:
    """Return a body for the reader at hand."""
    return mask_contacts(text) if masked else text


def reason(text: str, *, masked: bool) -> str:
    """Return a reason for the reader at hand."""
    if not masked:
        return text
    if text.startswith(_ABOUT_CONTACTS):
        # "Media contact:" before each quotation makes it one for the rules, whatever it holds.
        return "a press-contact line changed"
    return mask_contacts(text)


def document(text: str, *, masked: bool) -> str:
    """Return a document as written, its body masked where it is to be."""
    if not masked:
        return text
    try:
        head, separator, rest = _split(text)
    except DocumentError:
        return mask_contacts(text)
    return head + separator + mask_contacts(rest)


def _split(text: str) -> tuple[str, str, str]:
    """Split a document's text into front matter, what closes it, and body."""
    documents.read(text)  # raises where it is not one
    closing = "\n---\n\n"
    head, separator, rest = text.partition(closing)
    return head, separator, rest
