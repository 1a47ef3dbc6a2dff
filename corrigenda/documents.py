"""Documents as text and back, byte for byte (docs/design.md, "The document").

Reading and writing are inverse in both directions: ``read(write(d)) == d`` for every
document (an attachment's length apart, which the text does not hold), and
``write(read(t)) == t`` for every text the writer could have made. The body is all that
follows the blank line after the front matter, neither stripped nor repaired.

What other hands write is treated strictly, because a guess here becomes history:

=================================== ==================================================
keys in another order, other quotes  read; written back in the one layout
a list item YAML takes for a         read as the words on its line: the public archive
mapping, a list, a number            never quoted them (``- Crown Relations: Te Arawhiti``)
no body, blank line cut off          read as an empty body: editors trim files
unknown, repeated or missing key,    refused, with the line
wrong type, impossible date
CRLF in the front matter, a BOM      refused: undoing them would alter the body unseen
=================================== ==================================================
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import lru_cache
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from corrigenda.errors import DocumentError
from corrigenda.fields import Form, Kind, front_matter, plain
from corrigenda.models import Attachment, Document

try:  # libyaml reads the archive seven times faster; both read it alike
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_FORMS = {form.name: form for form in front_matter(Document)}
_TEXT = "tag:yaml.org,2002:str"
_TYPES = {
    "null": "nothing",
    "bool": "a truth value",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "seq": "a list",
    "map": "a mapping",
}
# Go's strconv.Quote, which wrote the archive. All of them are YAML escapes too.
_SHORT_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
}
# Every document has one address of its own, and nearly all are of this form.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9._~%/-]+")
_NOT_SIMPLE = re.compile(r'[^ -~]|["\\]')


class _Refusal(Exception):
    """What is wrong with a text, and where; becomes a DocumentError."""

    def __init__(self, problem: str, node: yaml.Node | None = None) -> None:
        # Marks count from 0 and from below the opening "---".
        super().__init__(f"line {node.start_mark.line + 2}: {problem}" if node else problem)


class ReleaseHandler(YAMLHandler):
    """The seeds' layout for python-frontmatter.

    Its own YAML handler sorts keys, folds long titles and strips the whole text, and
    ``frontmatter.parse`` strips the body whatever the handler does. So ``read`` calls
    ``split`` and ``load`` itself; ``frontmatter.dumps`` is used as it is.
    """

    FM_BOUNDARY = re.compile(r"^---(?:\n|\Z)", re.MULTILINE)

    def split(self, text: str) -> tuple[str, str]:
        """Split a document's text into front matter and body, losing nothing of either."""
        if not text.startswith("---\n"):
            raise _Refusal(_why_no_front_matter(text))
        try:
            _, matter, rest = self.FM_BOUNDARY.split(text, 2)
        except ValueError:
            crlf = "\n---\r\n" in text
            raise _Refusal(
                "lines end in CRLF; save the file with LF" if crlf else 'no closing "---" line'
            ) from None
        if rest and not rest.startswith("\n"):
            line = matter.count("\n") + 3
            raise _Refusal(f"line {line}: the line after the front matter must be empty")
        return matter, rest[1:]

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        """Parse front matter strictly; values are a Document's fields."""
        nodes = _top_level(_compose(fm))
        lines = fm.split("\n")
        fields: dict[str, Any] = {
            key: _items(key, node, lines) if _FORMS[key].many else _value(_FORMS[key], node)
            for key, node in nodes.items()
        }
        for key, form in _FORMS.items():
            if form.required and key not in fields:
                raise _Refusal(f"it has no {key}")
        return fields

    def export(self, metadata: dict[str, Any], **_: object) -> str:
        """Write front matter: keys in order, nothing for what is absent."""
        lines: list[str] = []
        for key, form in _FORMS.items():
            value: Any = metadata.get(key)
            if form.many and value:
                lines += [f"{key}:", *(f"  - {_plain_or_quoted(item)}" for item in value)]
            elif value or form.required:
                text = value if form.kind is Kind.DAY else _plain_or_quoted(value)
                lines.append(f"{key}: {_quoted(value) if form.quoted else text}")
        return "\n".join(lines)

    def format(self, post: frontmatter.Post, **_: object) -> str:
        """Lay out front matter, blank line and body; unlike the original, strip nothing."""
        return f"---\n{self.export(post.metadata)}\n---\n\n{post.content}"


_LAYOUT = ReleaseHandler()


def read(text: str, *, where: str = "") -> Document:
    """Read a document from its text.

    Args:
        text: Front matter and Markdown, as in ``seeds/``.
        where: The file or URL it came from, for the error message.

    Returns:
        The document. Attachment lengths are None: the text does not hold them.

    Raises:
        DocumentError: It is not a document; the message names the line where known.
    """
    try:
        text.encode("utf-8")
        matter, body = _LAYOUT.split(text)
        fields = _LAYOUT.load(matter)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise DocumentError(f"line {line}: half a surrogate pair", where=where) from None
    except _Refusal as refusal:
        raise DocumentError(str(refusal), where=where) from None
    fields.setdefault("date", None)
    for key, form in _FORMS.items():
        if form.kind is Kind.FILES and key in fields:
            fields[key] = tuple(Attachment(url=url) for url in fields[key])
    return Document(**fields, body=body)


def write(document: Document) -> str:
    """Write a document as text.

    Args:
        document: Any document.

    Returns:
        The text, ending where the body ends. An empty body ends in the blank line's
        newline, as 59 documents of the public archive do.

    Raises:
        DocumentError: It holds half a surrogate pair, which no UTF-8 text can.
    """
    metadata: dict[str, Any] = {key: plain(document, form) for key, form in _FORMS.items()}
    try:
        text: str = frontmatter.dumps(frontmatter.Post(document.body, **metadata), handler=_LAYOUT)
        text.encode("utf-8")
    except UnicodeEncodeError:
        problem = "it holds half a surrogate pair, which UTF-8 cannot"
        raise DocumentError(problem, where=ascii(document.url)[1:-1]) from None
    return text


def digest(text: str) -> str:
    """Return the hex SHA-256 of a document's text in UTF-8: what makes it one version."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _why_no_front_matter(text: str) -> str:
    """Say what stands where the opening ``---`` line should."""
    if text.startswith("\ufeff"):
        return "line 1: it begins with a byte order mark; save the file as UTF-8 without one"
    if text.startswith("---\r\n"):
        return "line 1: lines end in CRLF; save the file with LF"
    return 'line 1: it does not begin with a "---" line' if text.strip() else "it is empty"


def _compose(matter: str) -> yaml.Node | None:
    """Parse YAML to nodes: they keep the lines, and nothing is constructed from them."""
    try:
        _refuse_depth(matter)
        node: yaml.Node | None = yaml.compose(matter, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 2}: " if mark else ""
        raise _Refusal(f"{line}not valid YAML ({error.problem or error.context})") from None
    except yaml.reader.ReaderError as error:
        raise _Refusal(f"not valid YAML ({error.reason}, #x{_code(error):04x})") from None
    return node


def _refuse_depth(matter: str) -> None:
    """Refuse deep nesting, which ends the whole process: PyYAML composes by recursion in C.

    50,000 opening brackets were enough. Text this short cannot nest deep enough to matter,
    which spares nearly every document the second parse.
    """
    if len(matter) < 1000:
        return
    depth = 0
    for event in yaml.parse(matter, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > 100:
            raise _Refusal("not valid YAML for a document (nested too deep)")


def _code(error: yaml.reader.ReaderError) -> int:
    """Return the offending character's code; PyYAML's two readers hold it differently."""
    return error.character if isinstance(error.character, int) else ord(error.character)


def _top_level(root: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return the nodes by key, refusing what is not a mapping of known keys, each once."""
    if not isinstance(root, yaml.MappingNode):
        raise _Refusal("the front matter is not a list of keys and values", root)
    nodes: dict[str, yaml.Node] = {}
    for key, value in root.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name not in _FORMS:
            raise _Refusal(f"unknown key {name!r}; there is: {', '.join(_FORMS)}", key)
        if name in nodes:
            raise _Refusal(f"{name} is given twice", key)
        nodes[name] = value
    return nodes


def _value(form: Form, node: yaml.Node) -> str | date:
    """Return a single value: text, or a calendar day."""
    key = form.name
    if form.kind is not Kind.DAY:
        if node.tag != _TEXT:
            raise _Refusal(f"{key} must be text, not {_type(node)}; put it in quotes", node)
        return str(node.value)
    # The text is matched too: YAML calls times of day timestamps as well, and Python's
    # fromisoformat reads forms such as 2001-W01-1.
    if not node.tag.endswith(":timestamp") or not re.fullmatch(r"\d{4}-\d\d-\d\d", node.value):
        raise _Refusal(f"{key} must be a day written 2001-12-31, without quotes", node)
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        raise _Refusal(f"{key}: there is no day {node.value}", node) from None


def _items(key: str, node: yaml.Node, lines: list[str]) -> tuple[str, ...]:
    """Return a list's items as text."""
    if not isinstance(node, yaml.SequenceNode):
        raise _Refusal(f"{key} must be a list, not {_type(node)}", node)
    return tuple(
        str(item.value) if item.tag == _TEXT else _words_on_line(key, item, node, lines)
        for item in node.value
    )


def _words_on_line(key: str, item: yaml.Node, parent: yaml.SequenceNode, lines: list[str]) -> str:
    """Return the words of an item that YAML takes for something other than text.

    The public archive wrote every item without quotes, so ``- Crown Relations: Te
    Arawhiti`` reads as a mapping there; on one line its meaning is beyond doubt.
    """
    line = item.start_mark.line
    words = lines[line][item.start_mark.column :].strip()
    goes_on = re.match(r"\s{3,}\S", lines[line + 1]) if line + 1 < len(lines) else None
    if parent.flow_style or goes_on or not words or words[0] in "!&*":
        raise _Refusal(f"{key}: each item must be text, not {_type(item)}; put it in quotes", item)
    return words


def _type(node: yaml.Node) -> str:
    """Name a node's type for people."""
    return _TYPES.get(node.tag.rpartition(":")[2], "text" if node.tag == _TEXT else node.tag)


def _quoted(text: str) -> str:
    r"""Quote as Go's ``%q`` does: ``\u00a0``-style for what does not print."""
    return f'"{_NOT_SIMPLE.sub(lambda match: _escaped(match.group()), text)}"'


def _escaped(character: str) -> str:
    """Escape one character where it must be; ``isprintable`` is Go's IsPrint."""
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _plain_or_quoted(text: str) -> str:
    """Leave text plain where YAML gives the same string back."""
    return text if _PLAIN_URL.fullmatch(text) else _asked(text)


@lru_cache(maxsize=4096)  # a few hundred ministers and portfolios make up the archive
def _asked(text: str) -> str:
    """Ask YAML itself what it makes of text without quotes."""
    try:
        node = _compose(f"plain:\n  - {text}\n")
    except _Refusal:
        return _quoted(text)
    items = node.value[0][1].value if node and len(node.value) == 1 else []
    alone = len(items) == 1 and isinstance(items[0], yaml.ScalarNode)
    return text if alone and (items[0].tag, items[0].value) == (_TEXT, text) else _quoted(text)
