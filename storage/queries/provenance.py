"""Where a version came from, and the same as W3C PROV.

PROV-JSON (https://www.w3.org/Submission/prov-json/): documents, payloads and pages are
entities; fetching, importing and reading are activities; the publisher, the program and
whoever gave a file are agents.
"""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from corrigenda import __version__
from corrigenda.errors import NotHeld
from storage.file.connection import path_of

_CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "corrigenda": "urn:corrigenda:",
    "sha256": "urn:sha256:",
    "web": "urn:web:",
}


def provenance(db: Database, release_id: int, number: int) -> dict[str, Any]:
    """Return all that is known of how a version came to be recorded.

    Args:
        db: The database.
        release_id: The release.
        number: The version's place in the timeline of pages.

    Raises:
        NotHeld: There is no such version.
    """
    row = next(
        iter(
            db.query(
                "SELECT v.*, r.url AS release_url, s.number, s.first_observed, s.last_observed "
                "FROM spans s JOIN versions v ON v.id = s.version_id "
                "JOIN releases r ON r.id = s.release_id "
                "WHERE s.release_id = ? AND s.track = 'page' AND s.number = ?",
                [release_id, number],
            )
        ),
        None,
    )
    if row is None:
        raise NotHeld(path_of(db), f"has no version {number} of that release")
    earlier = db.execute(
        "SELECT v.digest, s.number FROM spans s JOIN versions v ON v.id = s.version_id "
        "WHERE s.release_id = ? AND s.track = 'page' AND s.number = ?",
        [release_id, number - 1],
    ).fetchone()
    derivations = db.query(
        "SELECT digest, normaliser_version, recorded_at FROM derivations WHERE version_id = ? "
        "ORDER BY id",
        [row["id"]],
    )
    fields = json.loads(row["fields"])
    return {
        "url": row["release_url"],
        "version": row["number"],
        "title": row["title"],
        "digest": row["digest"],
        "first_observed": row["first_observed"],
        "last_observed": row["last_observed"],
        "recorded_at": row["recorded_at"],
        "normaliser_version": row["normaliser_version"],
        "date_rule": fields.get("date_rule", ""),
        "date_attribute": fields.get("date_attribute"),
        "previous_version": {"number": earlier[1], "digest": earlier[0]} if earlier else None,
        "chain": {"hash": row["hash"], "previous_hash": row["previous_hash"], "row": row["id"]},
        "captures": _captures(db, row["id"], row["capture_id"]),
        "derivations": list(derivations),
    }


def _captures(db: Database, version_id: int, first: int) -> list[dict[str, Any]]:
    """Return the captures that showed a version, in the order of their times."""
    rows = db.query(
        "SELECT c.*, u.flow, u.started_at AS run_started_at, u.prefect_id FROM captures c "
        "JOIN runs u ON u.id = c.run_id LEFT JOIN observations o ON o.capture_id = c.id "
        "WHERE o.version_id = ? OR c.id = ? ORDER BY c.captured_at, c.id",
        [version_id, first],
    )
    return [
        {
            "capture": row["id"],
            "recorded_from": row["id"] == first,
            "source_url": row["url"],
            "final_url": row["final_url"] or row["url"],
            "redirects": json.loads(row["redirects"]),
            "captured_at": row["captured_at"],
            "via": row["via"],
            "verdict": row["verdict"],
            "reason": row["reason"],
            "status": row["status"],
            "headers": json.loads(row["headers"]),
            "payload_sha256": row["payload_sha256"],
            "run": {
                "run": row["run_id"],
                "flow": row["flow"],
                "started_at": row["run_started_at"],
                "prefect_id": row["prefect_id"],
            },
            "provenance": json.loads(row["provenance"]),
        }
        for row in rows
    ]


def as_prov(told: dict[str, Any], publisher: str) -> dict[str, Any]:
    """Return a version's provenance as a PROV-JSON document.

    Args:
        told: What :func:`provenance` returned.
        publisher: The source's title.
    """
    document = f"sha256:{told['digest']}"
    program, author = "corrigenda:program", "corrigenda:publisher"
    prov: dict[str, Any] = {
        "prefix": _CONTEXT,
        "entity": {
            document: {
                "prov:label": told["title"],
                "prov:type": "corrigenda:version",
                "corrigenda:url": told["url"],
                "corrigenda:number": told["version"],
                "corrigenda:chainHash": told["chain"]["hash"],
                "corrigenda:previousChainHash": told["chain"]["previous_hash"],
            }
        },
        "activity": {},
        "agent": {
            program: {
                "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
                "prov:label": f"corrigenda/{__version__}",
            },
            author: {
                "prov:type": {"$": "prov:Organization", "type": "prov:QUALIFIED_NAME"},
                "prov:label": publisher,
            },
        },
        "used": {},
        "wasGeneratedBy": {},
        "wasDerivedFrom": {},
        "wasAssociatedWith": {},
        "wasAttributedTo": {
            "_:written": {"prov:entity": document, "prov:agent": author},
        },
    }
    if told["previous_version"]:
        before = f"sha256:{told['previous_version']['digest']}"
        prov["entity"][before] = {"prov:type": "corrigenda:version"}
        prov["wasDerivedFrom"]["_:revised"] = {
            "prov:generatedEntity": document,
            "prov:usedEntity": before,
            "prov:type": {"$": "prov:Revision", "type": "prov:QUALIFIED_NAME"},
        }
    for capture in told["captures"]:
        _capture(prov, capture, document, told, program)
    return prov


def _capture(
    prov: dict[str, Any],
    capture: dict[str, Any],
    document: str,
    told: dict[str, Any],
    program: str,
) -> None:
    """Add one capture: the page that was asked for, the bytes that came, how they were read."""
    number = capture["capture"]
    fetched, page = f"corrigenda:capture-{number}", f"web:{capture['final_url']}"
    prov["entity"].setdefault(page, {"prov:type": "corrigenda:page"})
    prov["activity"][fetched] = {
        "prov:type": f"corrigenda:{capture['via']}",
        "prov:endTime": capture["captured_at"],
        "corrigenda:run": capture["run"]["run"],
        "corrigenda:verdict": capture["verdict"],
        "corrigenda:asked": capture["source_url"],
        "corrigenda:redirects": json.dumps(capture["redirects"]),
        "corrigenda:provenance": json.dumps(capture["provenance"], ensure_ascii=False),
    }
    if capture["status"] is not None:
        prov["activity"][fetched]["corrigenda:status"] = capture["status"]
    prov["used"][f"_:used-{number}"] = {"prov:activity": fetched, "prov:entity": page}
    prov["wasAssociatedWith"][f"_:by-{number}"] = {"prov:activity": fetched, "prov:agent": program}
    if giver := capture["provenance"].get("given_by"):
        agent = f"corrigenda:giver-{number}"
        prov["agent"][agent] = {"prov:label": giver}
        prov["wasAssociatedWith"][f"_:given-{number}"] = {
            "prov:activity": fetched,
            "prov:agent": agent,
            "prov:role": "gave the file",
        }
    if not capture["payload_sha256"]:
        return
    payload = f"sha256:{capture['payload_sha256']}"
    prov["entity"].setdefault(payload, {"prov:type": "corrigenda:payload"})
    prov["wasGeneratedBy"][f"_:came-{number}"] = {
        "prov:entity": payload,
        "prov:activity": fetched,
        "prov:time": capture["captured_at"],
    }
    if capture["recorded_from"] and payload != document:
        read = f"corrigenda:reading-{told['chain']['row']}"
        prov["activity"][read] = {
            "prov:type": "corrigenda:normalise",
            "prov:endTime": told["recorded_at"],
            "corrigenda:normaliserVersion": told["normaliser_version"],
        }
        prov["used"][f"_:read-{number}"] = {"prov:activity": read, "prov:entity": payload}
        prov["wasAssociatedWith"][f"_:reader-{number}"] = {
            "prov:activity": read,
            "prov:agent": program,
        }
        prov["wasGeneratedBy"]["_:document"] = {"prov:entity": document, "prov:activity": read}
        prov["wasDerivedFrom"]["_:document-of"] = {
            "prov:generatedEntity": document,
            "prov:usedEntity": payload,
            "prov:activity": read,
        }


def describe(told: dict[str, Any]) -> str:
    """Return a version's provenance as text for a terminal."""
    lines = [
        f"{told['url']}, version {told['version']}",
        f"document   sha256:{told['digest']}",
        f"observed   {told['first_observed']} to {told['last_observed']}",
        f"recorded   {told['recorded_at']} by normaliser {told['normaliser_version']}",
        f"date       {told['date_rule'] or 'none'}"
        + (f" ({told['date_attribute']})" if told["date_attribute"] else ""),
        f"chain      {told['chain']['hash']} (row {told['chain']['row']})",
        f"     after {told['chain']['previous_hash']}",
    ]
    if before := told["previous_version"]:
        lines.append(f"revises    version {before['number']}, sha256:{before['digest']}")
    for derived in told["derivations"]:
        lines.append(
            f"read again {derived['recorded_at']} by normaliser {derived['normaliser_version']}: "
            f"sha256:{derived['digest']}"
        )
    for capture in told["captures"]:
        lines += [
            "",
            f"capture {capture['capture']} via {capture['via']}"
            + (", the version was recorded from it" if capture["recorded_from"] else ""),
        ]
        facts = {
            "captured": capture["captured_at"],
            "asked for": capture["source_url"],
            "redirects": " -> ".join(capture["redirects"]),
            "answered by": capture["final_url"],
            "status": capture["status"],
            "verdict": f"{capture['verdict']} ({capture['reason']})",
            "payload": capture["payload_sha256"] and f"sha256:{capture['payload_sha256']}",
            "run": f"{capture['run']['run']} ({capture['run']['flow']}, "
            f"{capture['run']['started_at']})",
            **capture["provenance"],
        }
        lines += [f"  {name:<12} {value}" for name, value in facts.items() if value]
        lines += [f"  header       {name}: {value}" for name, value in capture["headers"]]
    return "\n".join(lines)
