"""What the README of a story kit says (pure): what is in it, and how to check it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corrigenda.models import Change
from corrigenda.wording import interval
from storage.queries.seals import Seal

if TYPE_CHECKING:
    from storage.export.kit import Side

# Each line of chain.jsonl was hashed as it stands; the next line names its hash.
_WALK = """\
```
prev=; while IFS= read -r line; do
  case "$line" in *"\\"previous_hash\\":\\"${prev}"*) ;; *) echo BROKEN; break;; esac
  prev=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
done < seal/chain.jsonl; echo "head: $prev"
```"""


def readme(
    change: Change,
    both: Sequence[Side],
    seal: Seal | None,
    *,
    address: str,
    masked: bool,
    names: Sequence[str],
) -> str:
    """Return the README, Markdown."""
    parts = [_what(change, both, address), _checks(names)]
    parts.append(_withheld(both) if masked else "")
    parts.append(_seal(seal, both) if seal else _UNSEALED)
    return "\n\n".join(part for part in parts if part) + "\n"


def _what(change: Change, both: Sequence[Side], address: str) -> str:
    title = " ".join(change.title.split()).replace("|", "\\|") or "(no title)"
    rows = "\n".join(
        f"| {s.label} | version {s.number} | `{s.copy.sha256}` | `{s.copy.digest}` | "
        f"`{s.capture['payload_sha256'] or 'none kept'}` |"
        for s in both
    )
    return f"""# {title}

{change.kind.capitalize()} {interval(change.after, change.before)}.

- Page: <{change.url}>
- Change: <{address}>

| | | SHA-256 of the document here | as recorded | of the payload it was read from |
|---|---|---|---|---|
{rows}

The documents are what a reader sees of the page, as Markdown with its title, date and names in
front. A payload is the page's own bytes. `provenance.json` says when and how each was got."""


def _checks(names: Sequence[str]) -> str:
    text = """## Check the files

```
sha256sum -c SHA256SUMS
```"""
    if "captures.warc.gz" in names:
        text += """

`captures.warc.gz` holds the answers as records of a web archive (ISO 28500). With warcio
(<https://github.com/webrecorder/warcio>):

```
warcio check -v captures.warc.gz
warcio index captures.warc.gz
```

`warcio extract --payload captures.warc.gz OFFSET | sha256sum` gives the payload's SHA-256 of the
table above, OFFSET being what `warcio index` prints for a `response` or `resource`."""
    return text


def _withheld(both: Sequence[Side]) -> str:
    text = """## What is withheld

This copy is for the public. The payloads and the web archive are left out, because they hold the
telephone numbers and addresses of press contacts as published."""
    labels = [side.label for side in both if side.copy.withheld]
    if labels:
        text += (
            f" They are masked in the document {' and '.join(labels)}, so that its SHA-256 is "
            "not that of the document as recorded. Whoever may review gets the whole kit."
        )
    return text


_UNSEALED = """## Trusted time

No timestamp authority has stamped these versions yet."""


def _seal(seal: Seal, both: Sequence[Side]) -> str:
    ca = "seal/authority.pem" if seal.certificates else "/etc/ssl/certs/ca-certificates.crt"
    hashes = "\n".join(f"- {s.label}: `{s.hash}`" for s in both)
    return f"""## Trusted time

The timestamp authority <{seal.authority}> stamped the chain's head at {seal.stamped_at}, when both
texts were in it already. Nobody has to trust our clock, or us: every version is hashed together
with the hash of the version before it. `seal/chain.jsonl` holds what was hashed, a version a line,
from the first of these versions to the head; `digest` in it is a document's SHA-256 as recorded.

Links of these versions:

{hashes}

Walk the chain; it prints the head:

{_WALK}

Check that the authority stamped that head (RFC 3161):

```
openssl ts -verify -digest {seal.head} -in seal/timestamp.tsr -CAfile {ca}
openssl ts -reply -in seal/timestamp.tsr -text
```

The certificates in `seal/` are a convenience: where it matters, get them from the authority."""
