"""A story kit: all that is needed to check one change, in a ZIP, without this program.

It holds both documents, the bytes they were read from, a WARC of the two captures, their
provenance, and, where the chain was sealed since, the timestamp with the hashes that lead
to it. The same store gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from corrigenda.models import Change, Track
from storage.export.kit_readme import readme
from storage.export.warc import write_captures
from storage.queries import copies, seals
from storage.queries.copies import Copy
from storage.queries.log.changes import as_row, changes_by_id
from storage.queries.provenance import provenance
from storage.record.payloads import Payloads

#: What of a capture's provenance is the reviewers' own affair: who gave a file, whose run.
_PRIVATE = ("headers", "run", "provenance", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two texts of a change.

    Attributes:
        label: ``before`` or ``after``.
        version_id: Its row.
        number: Its place in the timeline.
        copy: The document as the reader gets it.
        hash: Its link of the chain.
        capture: Columns of the capture it was recorded from.
        headers: That capture's response headers, names in lower case.
    """

    label: str
    version_id: int
    number: int
    copy: Copy
    hash: str
    capture: dict[str, Any]
    headers: dict[str, str]

    @property
    def payload_name(self) -> str:
        """File name of the bytes it was read from; empty where none are kept."""
        kept = self.capture["payload_sha256"]
        return copies.payload_name(self.capture, self.headers) if kept else ""


def sides(db: Database, change: Change, *, masked: bool) -> list[Side]:
    """Return what a change leads from and to, as recorded; one of them where there is one.

    Args:
        db: The store.
        change: The change.
        masked: Without the details of press contacts.
    """
    both = (("before", change.from_version_id), ("after", change.to_version_id))
    found = []
    for label, version_id in both:
        if version_id is None:
            continue
        (row,) = db.query(
            "SELECT v.*, s.number FROM versions v LEFT JOIN spans s ON s.version_id = v.id "
            "WHERE v.id = ?",
            [version_id],
        )
        (capture,) = db.query("SELECT * FROM captures WHERE id = ?", [row["capture_id"]])
        found.append(
            Side(
                label=label,
                version_id=version_id,
                number=row["number"] or 0,
                copy=copies.copy_of(change.url, row["digest"], row["text"], masked=masked),
                hash=row["hash"],
                capture=capture,
                headers={name.lower(): value for name, value in json.loads(capture["headers"])},
            )
        )
    return found


def kit(db: Database, change_id: int, *, masked: bool, address: str) -> bytes | None:
    """Return a change's kit.

    Args:
        db: The store.
        change_id: The change.
        masked: For the public: press contacts withheld from the documents; the bytes as
            they came, which hold them, left out.
        address: The change's page.

    Returns:
        A ZIP; None when there is no such change.
    """
    change = next(iter(changes_by_id(db, [change_id])), None)
    if change is None:
        return None
    both = sides(db, change, masked=masked)
    files = dict(_files(db, change, both, masked=masked))
    sealed = seals.first_over(db, max((s.version_id for s in both), default=0)) if both else None
    if sealed is not None:
        files |= _sealed(db, both, sealed)
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    told = readme(change, both, sealed, address=address, masked=masked, names=list(files))
    written = {"README.md": told.encode(), "SHA256SUMS": sums.encode(), **files}
    return _zip(written, change.detected_at or change.before)


def _files(
    db: Database, change: Change, both: list[Side], *, masked: bool
) -> Iterator[tuple[str, bytes]]:
    payloads = Payloads(db)
    for side in both:
        yield f"{side.label}-{side.copy.name}", side.copy.data
        if side.payload_name and not masked:
            body = payloads.get(side.capture["payload_sha256"])
            yield f"{side.label}-payload-{side.payload_name}", body
    if not masked and any(side.payload_name for side in both):
        out = io.BytesIO()
        write_captures(db, out, [side.capture["id"] for side in both])
        yield "captures.warc.gz", out.getvalue()
    told = {"change": as_row(change), **{s.label: _origin(db, change, s, masked) for s in both}}
    yield "provenance.json", json.dumps(told, ensure_ascii=False, indent=1).encode()


def _origin(db: Database, change: Change, side: Side, masked: bool) -> dict[str, Any]:
    """Return where a side came from; what it is worth outside for the public."""
    if change.track is Track.PAGE and side.number:
        told = provenance(db, change.release_id, side.number)
        captures = told["captures"]
    else:
        names = "url final_url captured_at via verdict status payload_sha256".split()
        captures = [{name: side.capture[name] for name in names}]
        told = {"digest": side.copy.digest, "chain": {"hash": side.hash}}
    if masked:
        captures = [{k: v for k, v in c.items() if k not in _PRIVATE} for c in captures]
    return told | {"captures": captures, "sha256_in_this_kit": side.copy.sha256}


def _sealed(db: Database, both: list[Side], seal: seals.Seal) -> dict[str, bytes]:
    """Return the timestamp, and what was hashed from the earliest side to what it stamps."""
    first = min(side.version_id for side in both)
    path = b"\n".join(seals.path(db, first, seal.version_id)) + b"\n"
    files = {"seal/chain.jsonl": path, "seal/timestamp.tsr": seal.token}
    if seal.certificates:
        files["seal/authority.pem"] = seal.certificates.encode()
    return files


def _zip(files: dict[str, bytes], when: datetime) -> bytes:
    """Return an archive whose bytes depend on its files and on when the change was noticed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # A ZIP counts years from 1980.
            entry = zipfile.ZipInfo(name, max(when.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()
