"""The feeds, fetched over HTTP and read as feed readers do."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from corrigenda.models import Change, ChangeKind, Significance
from review.parts import feeds
from storage.file.connection import open_database
from tests.review.serving import Served

RNG = Path(__file__).with_name("atom.rng")


def validate(data: bytes) -> None:
    """Check a feed against the rules of RFC 4287, and that a feed reader accepts it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    tree = etree.fromstring(data, parser)
    schema = etree.RelaxNG(etree.parse(RNG))
    assert schema.validate(tree), schema.error_log
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    ids = [entry.id for entry in parsed.entries]
    assert len(ids) == len(set(ids))
    assert all(i.startswith("urn:uuid:") for i in [parsed.feed.id, *ids])
    assert [link.rel for link in parsed.feed.links].count("self") == 1
    for entry in parsed.entries:
        alternates = [link for link in entry.links if link.rel == "alternate"]
        assert len(alternates) == 1
        assert entry.updated_parsed


def test_the_schema_refuses_what_the_standard_forbids() -> None:
    schema = etree.RelaxNG(etree.parse(RNG))
    bad = etree.fromstring('<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>')
    assert not schema.validate(bad)


def test_the_atom_feed_is_valid_and_links_every_change(reading: Served) -> None:
    answer = reading.client().get("/changes.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    validate(answer.content)
    parsed = feedparser.parse(answer.content)
    assert len(parsed.entries) == 15
    with reading.client() as client:
        for entry in parsed.entries[:3]:
            page = client.get(entry.link)
            assert page.status_code == 200
    newest = parsed.entries[0]
    assert newest.title == "[high] Harbour bridge upgrade funded: revised"
    assert "<del>$16,172 million</del>" in newest.content[0].value
    tags = {(tag.scheme, tag.term) for tag in newest.tags}
    assert ("urn:corrigenda:minister", "Hon Mere Tautahi") in tags


def test_the_json_feed_says_the_same(reading: Served) -> None:
    client = reading.client()
    answer = client.get("/changes.json")
    assert answer.headers["content-type"].startswith("application/feed+json")
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{reading.url}/changes.json"
    atom = feedparser.parse(client.get("/changes.atom").content)
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in atom.entries]
    for item in feed["items"]:
        assert item["url"].startswith(reading.url)
        assert item["content_html"]
        assert item["date_published"].endswith("Z")
    assert feed["items"][0]["_corrigenda"]["significance"] == "high"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("significance=high", 5),
        ("minister=Hon+Mere+Tautahi", 5),
        ("portfolio=Education", 6),
        ("portfolio=Education&significance=high", 0),
        ("minister=Nobody", 0),
        ("status=reviewed", 0),
    ],
)
def test_feeds_are_filtered_as_the_queue_is(reading: Served, query: str, count: int) -> None:
    client = reading.client()
    answer = client.get(f"/changes.atom?{query}")
    validate(answer.content)
    assert len(feedparser.parse(answer.content).entries) == count
    assert len(client.get(f"/changes.json?{query}").json()["items"]) == count


def test_an_entry_keeps_its_id_when_it_is_reviewed_and_filtered(served: Served) -> None:
    client = served.client(signed_in=True)
    before = {i["url"]: i["id"] for i in client.get("/changes.json").json()["items"]}
    token = client.get("/change/33").text.split('name="csrftoken" value="')[1].split('"')[0]
    form = {"csrftoken": token, "change": "33", "verdict": "meaningful"}
    assert client.post("/mark", data=form).status_code == 200
    after = {
        i["url"]: i["id"] for i in client.get("/changes.json?significance=high").json()["items"]
    }
    assert after
    assert after.items() <= before.items()


def test_contacts_are_withheld_from_feeds_even_of_reviewers_and_kept_in_the_store(
    reading: Served,
) -> None:
    client = reading.client(signed_in=True)
    for path in ("/changes.atom", "/changes.json", "/changes.csv"):
        text = client.get(path).text
        assert "Rural clinics open longer" in text
        assert "555 0" not in text
    kept = open_database(reading.db).execute(
        "SELECT count(*) FROM versions WHERE text LIKE '%021 555 0199%'"
    )
    assert kept.fetchone()[0] > 0


def test_hostile_releases_stay_text_and_valid(hostile: Served) -> None:
    client = hostile.client()
    answer = client.get("/changes.atom")
    validate(answer.content)
    (entry,) = feedparser.parse(answer.content, sanitize_html=False).entries
    assert "<script>" not in entry.content[0].value
    assert "<script" not in client.get("/changes.json").json()["items"][0]["content_html"]


def change(**values: object) -> Change:
    given = {
        "id": 7,
        "title": "A bridge",
        "url": "https://www.beehive.govt.nz/release/a",
        "kind": ChangeKind.REVISED,
        "significance": Significance.HIGH,
        "reasons": ('figure: "$5" became "$6"',),
        "fields": ("body",),
        "after": None,
        "before": datetime(2026, 5, 9, 9, 2, tzinfo=UTC),
        "from_version": 1,
        "to_version": 2,
        "detected_at": datetime(2026, 5, 9, 9, 2, tzinfo=UTC),
    }
    return Change(**(given | values))  # type: ignore[arg-type]


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    text = feeds.atom(
        [change(title="a\x00b\x1fc\ufffe", ministers=("x\x0b",))],
        base="http://127.0.0.1",
        address="http://127.0.0.1/changes.atom",
        title="t\x01",
    )
    validate(text.encode())


def test_an_empty_feed_is_valid() -> None:
    validate(
        feeds.atom([], base="http://h", address="http://h/changes.atom", title="None").encode()
    )


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_is_never_a_formula(title: str) -> None:
    rows = list(csv.reader(io.StringIO(feeds.csv([change(title=title)], {}))))
    assert rows[0] == feeds.COLUMNS
    assert rows[1][rows[0].index("title")] == "'" + title


def test_the_table_reads_back(reading: Served) -> None:
    answer = reading.client().get("/changes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 15
    assert rows[0]["reason"] == "figure: “$16,172 million” became “$16,712 million”"
    assert "attachment" in answer.headers["content-disposition"]
