"""Data for everybody: SQL on the public views, a dictionary, errors in plain words."""

from __future__ import annotations

import pytest

from review.parts.queries import QUERIES
from review.web.public_sql import PUBLIC, Refused, run
from storage.file.connection import open_database
from storage.queries.dictionary import dictionary
from tests.browser.sample import sample
from tests.review.serving import Served


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_is_answered_by_a_page_json_and_csv(reading: Served, name: str) -> None:
    with reading.client() as client:
        page = client.get(f"/data/sql?q={name}")
        page.raise_for_status()
        assert 'role="alert"' not in page.text
        assert client.get(f"/data/sql.json?q={name}").json()["ok"] is True
        assert client.get(f"/data/sql.csv?q={name}").headers["content-type"].startswith("text/csv")


def test_an_address_of_a_question_can_be_shared(reading: Served) -> None:
    url = open_database(reading.db).execute("SELECT url FROM releases LIMIT 1").fetchone()[0]
    with reading.client() as client:
        rows = client.get("/data/sql.json", params={"q": "evidence", "url": url}).json()["rows"]
        assert rows
        assert all(row["verdict"] for row in rows)
        sql = "SELECT count(*) AS n FROM public_changes WHERE kind = :kind"
        told = client.get("/data/sql.json", params={"sql": sql, "kind": "revised"}).json()
        assert told["rows"][0]["n"] > 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT text FROM versions",
        "SELECT reasons FROM changes",
        "SELECT * FROM change_log",
        "SELECT (SELECT text FROM versions LIMIT 1) FROM releases",
        "WITH x AS (SELECT text FROM versions) SELECT * FROM x",
        "SELECT 1 UNION SELECT text FROM versions",
        "SELECT v.text FROM public_versions p JOIN versions v ON v.id = p.version_id",
        "SELECT data FROM payloads",
        "SELECT note FROM reviews",
        "SELECT body FROM versions_fts WHERE versions_fts MATCH 'a'",
        "SELECT * FROM version_text",
        "SELECT sql FROM sqlite_master",
        "SELECT text FROM readings",
        "DELETE FROM releases",
        "UPDATE releases SET title = ''",
        "ATTACH '/tmp/x.db' AS y",
        "PRAGMA writable_schema = 1",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CREATE TEMP VIEW public_changes AS SELECT text FROM versions",
        "SELECT load_extension('x')",
        "SELECT 1; SELECT 2",
        "VACUUM INTO '/tmp/x.db'",
        "not sql",
    ],
)
def test_nothing_but_the_public_tables_is_read(sql: str) -> None:
    with pytest.raises(Refused) as told:
        run(sample(), sql, {})
    assert "Error" not in str(told.value)


def test_a_question_that_takes_too_long_is_ended() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
    with pytest.raises(Refused, match="longer than a second"):
        run(sample(), endless, {})


def test_no_contact_is_in_what_everybody_may_read() -> None:
    for table in sorted(PUBLIC):
        found = run(sample(), f"SELECT * FROM {table}", {}, most=10_000)
        assert "555 0" not in str(found.rows), table


def test_the_dictionary_tells_of_every_public_table(reading: Served) -> None:
    tables = {table.name: table for table in dictionary(open_database(sample()))}
    assert tables.keys() >= PUBLIC
    assert all(tables[name].told for name in PUBLIC)
    assert dict(tables["releases"].columns)["url"] == "its canonical URL"
    page = reading.client().get("/data").text
    assert "its canonical URL" in page
    assert "/corrigenda/versions" not in page, "it is for reviewers"


def test_errors_are_in_plain_words(reading: Served) -> None:
    with reading.client() as client:
        missing = client.get("/nope")
        assert missing.status_code == 404
        assert "There is no such page here" in missing.text
        assert "Database not found" not in missing.text
        refused = client.get("/corrigenda?sql=select+1")
        assert refused.status_code == 403
        assert "execute-sql" not in refused.text
        assert "for reviewers" in refused.text


def test_datasettes_pages_keep_our_navigation(reading: Served) -> None:
    with reading.client() as client:
        for path in ("/corrigenda/releases", "/corrigenda"):
            page = client.get(path).text
            assert 'href="/trends"' in page
            assert 'href="/assets/review.css"' in page
