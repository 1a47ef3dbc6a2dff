"""Who may do what: the public reads, reviewers write, and no other site writes for them."""

from __future__ import annotations

import re

import httpx
import pytest

from storage.file.connection import open_database
from tests.review.serving import Served

PAGES = (
    "/",
    "/change/33",
    "/release/4",
    "/overview",
    "/search?q=bridge",
    "/rules",
    "/changes.atom",
    "/corrigenda",
    "/corrigenda/releases",
    "/nothing-here",
)


def token(client: httpx.Client) -> str:
    page = client.get("/change/33").text
    found = re.search(r'name="csrftoken" value="([^"]+)"', page)
    assert found
    return found[1]


def reviews(served: Served) -> list[tuple[object, ...]]:
    return list(open_database(served.db).execute("SELECT change_id, verdict, note FROM reviews"))


@pytest.mark.parametrize("path", ["/mark", "/undo", "/suppress", "/lift"])
def test_the_public_cannot_write(served: Served, path: str) -> None:
    client = served.client()
    client.get("/")
    answer = client.post(path, data={"change": "33", "verdict": "meaningful", "scope": "edit"})
    assert answer.status_code == 403
    assert reviews(served) == []


def test_a_form_without_the_token_is_refused(served: Served) -> None:
    client = served.client(signed_in=True)
    for form in ({}, {"csrftoken": "forged"}):
        data = {"change": "33", "verdict": "meaningful", **form}
        assert client.post("/mark", data=data).status_code == 403
    assert reviews(served) == []
    data = {"change": "33", "verdict": "meaningful", "csrftoken": token(client), "note": "so"}
    assert client.post("/mark", data=data).status_code == 200
    assert reviews(served) == [(33, "meaningful", "so")]


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"change": "33", "verdict": "splendid"}, 400, "is no verdict"),
        ({"change": "999999", "verdict": "cosmetic"}, 404, "no change 999999"),
        ({"change": "x", "verdict": "cosmetic"}, 400, "which change"),
        ({"verdict": "cosmetic"}, 400, "which change"),
    ],
)
def test_nonsense_is_told_and_records_nothing(
    served: Served, form: dict[str, str], status: int, said: str
) -> None:
    client = served.client(signed_in=True)
    answer = client.post("/mark", data={**form, "csrftoken": token(client)})
    assert answer.status_code == status
    assert said in answer.text
    assert reviews(served) == []


def test_a_sign_in_link_that_was_altered_or_is_old_signs_nobody_in(reading: Served) -> None:
    client = reading.client()
    altered = reading.sign_in[:-3] + "abc"
    answer = client.get(altered)
    assert answer.status_code == 403
    assert "not valid any more" in answer.text
    assert "Reading only" in client.get("/").text


def test_an_old_link_is_told_from_a_fresh_one(reading: Served) -> None:
    from review.app import make_datasette
    from review.web.access import LINK_LIFETIME, reviewer_of_token, sign_in_path

    datasette = make_datasette(reading.db)
    link = sign_in_path(datasette, "Ana", now=1000).partition("token=")[2]
    assert reviewer_of_token(datasette, link, now=1000 + LINK_LIFETIME - 1) == "Ana"
    assert reviewer_of_token(datasette, link, now=1000 + LINK_LIFETIME + 1) is None


def test_signing_out_ends_it(served: Served) -> None:
    client = served.client(signed_in=True)
    client.post("/-/logout", data={"csrftoken": token(client)})
    assert "Reading only" in client.get("/").text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_page_carries_a_policy_without_inline_scripts(
    reading: Served, path: str, signed_in: bool
) -> None:
    answer = reading.client(signed_in=signed_in).get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)
    assert inline == []
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", answer.text)


NOT_PUBLIC = (
    "versions",
    "changes",
    "change_log",
    "version_log",
    "version_text",
    "payloads",
    "captures",
    "reviews",
    "versions_fts",
    "entries",
    "runs",
    "hosts",
    "standing_reviews",
)


@pytest.mark.parametrize("table", NOT_PUBLIC)
def test_what_was_published_to_the_letter_is_for_reviewers(reading: Served, table: str) -> None:
    public = reading.client()
    for suffix in ("", ".json", ".csv"):
        assert public.get(f"/corrigenda/{table}{suffix}").status_code == 403
    assert reading.client(signed_in=True).get(f"/corrigenda/{table}.json").status_code == 200


def test_sql_facets_json_and_csv_come_along(reading: Served) -> None:
    public, reviewer = reading.client(), reading.client(signed_in=True)
    sql = {"sql": "select text from versions", "_shape": "array"}
    assert public.get("/corrigenda.json", params=sql).status_code == 403
    assert public.get("/corrigenda/releases.json?_where=1=1").status_code in (400, 403)
    rows = reviewer.get("/corrigenda.json", params=sql).json()
    assert any("021 555" in row["text"] for row in rows)
    facets = public.get("/corrigenda/releases.json?_facet=status").json()["facet_results"]
    assert {r["value"] for r in facets["status"]["results"]} == {"live", "heard"}
    assert "url" in public.get("/corrigenda/releases.csv").text.splitlines()[0]
    assert "SELECT" in reviewer.get("/corrigenda?sql=SELECT+1").text


def test_a_payload_is_for_reviewers_and_is_never_a_page(reading: Served) -> None:
    assert reading.client().get("/payload/1").status_code == 403
    answer = reading.client(signed_in=True).get("/payload/1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert b"<article" in answer.content


def test_documents_are_masked_for_the_public_and_whole_for_reviewers(reading: Served) -> None:
    db = open_database(reading.db)
    release, text = db.execute(
        "SELECT release_id, text FROM version_log WHERE text LIKE '%021 555%' AND number = 1"
    ).fetchone()
    path = f"/release/{release}/1.md"
    public = reading.client().get(path).text
    assert "555 0" not in public
    assert public.startswith('---\ntitle: "Rural clinics open longer"')
    assert reading.client(signed_in=True).get(path).content == text.encode()


def test_pages_that_are_not_there_are_told_without_a_traceback(
    reading: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    client = reading.client()
    for path in ("/change/999999", "/release/999999", "/release/4/99.md", "/x/y", "/payload/9"):
        answer = client.get(path)
        assert answer.status_code in (403, 404)
        assert "Back to the queue" in answer.text
    assert client.get("/release?url=javascript:1").status_code == 404
    assert client.get("/x.json").json()["ok"] is False
    assert "Traceback" not in "".join(capfd.readouterr())


def test_an_address_leads_to_its_release(reading: Served) -> None:
    url = "https://www.beehive.govt.nz/release/harbour-bridge-upgrade-funded?utm_source=x"
    assert "Harbour bridge" in reading.client().get("/release", params={"url": url}).text


def test_nothing_tells_the_public_where_the_file_is(reading: Served) -> None:
    client = reading.client()
    folder = str(reading.db.parent)
    for path in ("/-/databases.json", "/-/metadata.json", "/-/settings.json", "/corrigenda.json"):
        assert folder not in client.get(path).text
