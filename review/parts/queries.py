"""Questions that are asked often, as SQL on the public views (docs/data.md names the columns)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question.

    Attributes:
        title: The question in words.
        sql: The statement.
        asks: Values it takes, each with an example.
    """

    title: str
    sql: str
    asks: tuple[tuple[str, str], ...] = ()


#: By the name that stands in their address.
QUERIES = {
    "revisions-by-minister": Query(
        title="Revisions by minister",
        sql="""SELECT t.name AS minister, count(*) AS revisions, sum(c.silent) AS silent,
    sum(c.significance = 'high') AS high
FROM public_changes c JOIN release_terms t ON t.release_id = c.release_id AND t.kind = 'minister'
WHERE c.kind = 'revised' AND c.significance <> 'none'
GROUP BY t.name ORDER BY revisions DESC""",
    ),
    "silent-edits": Query(
        title="Silent edits that matter, the newest first",
        sql="""SELECT before, title, significance, kinds, page, url
FROM public_changes
WHERE silent AND significance IN ('high', 'medium')
ORDER BY before DESC""",
    ),
    "withdrawals": Query(
        title="What was withdrawn, and when",
        sql="""SELECT after AS last_seen, before AS gone_by, title, page, url
FROM public_changes WHERE kind = 'withdrawn' ORDER BY before DESC""",
    ),
    "evidence": Query(
        title="Evidence of one URL: every look at it",
        sql="""SELECT captured_at, verdict, status, via, payload_sha256, reason
FROM public_captures WHERE url = :url ORDER BY captured_at""",
        asks=(("url", "https://www.beehive.govt.nz/release/…"),),
    ),
    "versions": Query(
        title="The versions of one URL, with their digests",
        sql="""SELECT number, first_observed, last_observed, captures, via, date, digest
FROM public_versions WHERE url = :url AND track = 'page' ORDER BY number""",
        asks=(("url", "https://www.beehive.govt.nz/release/…"),),
    ),
    "reverted": Query(
        title="Edits that were taken back",
        sql="""SELECT before, title, significance, page, url
FROM public_changes WHERE "revert" ORDER BY before DESC""",
    ),
}
