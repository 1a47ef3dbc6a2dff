"""What a change rests on: its two versions and the captures that show them; its reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two versions, with where it came from.

    Attributes:
        number: Its place in the timeline.
        first_observed: As the store writes times.
        last_observed: Likewise.
        digest: Of its text.
        normaliser: Which normaliser read it.
        captures: The captures that show it, the first few.
        seen: How many there are.
    """

    number: int
    first_observed: str
    last_observed: str
    digest: str
    normaliser: int
    captures: list[dict[str, Any]]
    seen: int


def side(db: Database, version_id: int | None) -> Side | None:
    """Return a version with its first captures; None when there is none."""
    row = next(
        db.query(
            "SELECT s.number, s.first_observed, s.last_observed, s.captures AS seen, v.digest, "
            "v.normaliser_version AS normaliser FROM spans s JOIN versions v "
            "ON v.id = s.version_id WHERE s.version_id = ?",
            [version_id],
        ),
        None,
    )
    if row is None:
        return None
    captures = db.query(
        "SELECT c.id, c.captured_at, c.via, c.verdict, c.status, c.payload_sha256, p.size, "
        "c.final_url FROM observations o JOIN captures c ON c.id = o.capture_id "
        "LEFT JOIN payloads p ON p.sha256 = c.payload_sha256 "
        "WHERE o.version_id = ? ORDER BY o.observed_at LIMIT 5",
        [version_id],
    )
    return Side(**row, captures=list(captures))


def reviews_of(db: Database, change_id: int) -> list[dict[str, Any]]:
    """Return the verdicts on a change and their withdrawals, the oldest first."""
    return list(
        db.query(
            """
            SELECT v.id, v.verdict, v.note, v.reviewer, v.reviewed_at, v.batch, v.withdraws,
                   s.review_id IS NOT NULL AS standing,
                   (SELECT count(*) FROM reviews o
                    WHERE o.batch = v.batch AND o.withdraws IS NULL) AS n
            FROM reviews v LEFT JOIN standing_reviews s ON s.review_id = v.id
            WHERE v.change_id = ? ORDER BY v.id
            """,
            [change_id],
        )
    )


def flow_of(db: Database, run_id: int) -> str:
    """Return the name of a run's flow."""
    return str(db.execute("SELECT flow FROM runs WHERE id = ?", [run_id]).fetchone()[0])


def payload_of(db: Database, capture_id: int) -> dict[str, Any] | None:
    """Return the row of a capture that has a payload; None when it has none."""
    query = "SELECT * FROM captures WHERE id = ? AND payload_sha256 IS NOT NULL"
    return next(db.query(query, [capture_id]), None)
