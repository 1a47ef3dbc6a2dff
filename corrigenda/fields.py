"""What there is to know of each field of a document, said once.

:class:`corrigenda.models.Document` lists its fields, each with its :class:`Form`. Front
matter, the store's terms, comparison and exports read them from there: a new field is a
line in that class, a migration for what is held already, and its tests.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

_KEY = "corrigenda.form"


class Kind(Enum):
    """What a field holds."""

    TEXT = auto()
    DAY = auto()
    LIST = auto()
    FILES = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a field is written, compared, searched and exported.

    Attributes:
        name: Its name: the key in front matter, the column of an export.
        kind: What it holds.
        required: No document is without it.
        quoted: Always written in double quotes.
        compared: A difference in it is a change.
        term: The kind under which ``release_terms`` holds its items; empty for none.
        exported: Exports of versions have a column for it.
        many: It holds any number of items.
    """

    name: str = ""
    kind: Kind = Kind.TEXT
    required: bool = False
    quoted: bool = False
    compared: bool = True
    term: str = ""
    exported: bool = True
    many: bool = False


def form(kind: Kind, **options: Any) -> Mapping[str, Form]:
    """Return the metadata that gives a dataclass's field its form."""
    return {_KEY: Form(kind=kind, many=kind in (Kind.LIST, Kind.FILES), **options)}


@cache
def forms(document: type) -> tuple[Form, ...]:
    """Return the forms of a document class's fields, in their order."""
    return tuple(
        dataclasses.replace(field.metadata[_KEY], name=field.name)
        for field in dataclasses.fields(document)
    )


@cache
def front_matter(document: type) -> tuple[Form, ...]:
    """Return those that front matter holds: all but the body."""
    return tuple(form for form in forms(document) if form.kind is not Kind.BODY)


@cache
def compared(document: type) -> tuple[str, ...]:
    """Return the names of those in which a difference is a change."""
    return tuple(form.name for form in forms(document) if form.compared)


@cache
def terms(document: type) -> tuple[tuple[str, str], ...]:
    """Return the kinds of terms, each with the name of the field that holds them."""
    return tuple((form.term, form.name) for form in forms(document) if form.term)


def plain(document: Any, form: Form) -> str | list[str] | None:
    """Return a field's value as front matter and exports show it: text, a list of it, or None."""
    value = getattr(document, form.name)
    if form.many:
        return [file.url for file in value] if form.kind is Kind.FILES else list(value)
    if form.kind is Kind.DAY:
        return None if value is None else str(value.isoformat())
    return str(value)
