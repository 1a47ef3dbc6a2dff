"""Whatever a site publishes: ingesting twice adds nothing, and no changed digit is missed."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from commands.demo.items import Item
from commands.demo.site import Replica
from corrigenda.models import Entry, Significance
from corrigenda.settings import Settings
from flows.account.tally import Tally
from flows.pipeline import check
from flows.session import open_session
from storage.file.connection import reading
from storage.queries.log.changes import changes

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=40
)
_FIGURE = st.from_regex(r"\$?[0-9]{1,3}(\.[0-9]{1,2})?( million| per cent|%)?", fullmatch=True)
_PARAGRAPH = st.tuples(_WORDS, _FIGURE, _WORDS).map(" ".join)


@st.composite
def _items(draw: st.DrawFn) -> list[Item]:
    return [
        Item(
            node=node,
            slug=f"item-{node}",
            title=f"Item {node} {draw(_WORDS)}",
            published=draw(st.datetimes(datetime(1996, 1, 1), datetime(2026, 1, 1))).replace(
                tzinfo=UTC
            ),
            ministers=tuple(draw(st.lists(_WORDS, max_size=2))),
            portfolios=tuple(draw(st.lists(_WORDS, max_size=2))),
            body="".join(
                f"<p>{p.replace('&', '&amp;').replace('<', '&lt;')}</p>"
                for p in draw(st.lists(_PARAGRAPH, min_size=1, max_size=4))
            ),
        )
        for node in range(1, draw(st.integers(1, 3)) + 1)
    ]


def _check_all(site: Replica, db: Path) -> Tally:
    options = Settings(db=db, origin=site.url, budget=10_000)
    with open_session(options, "beehive", "ingest", {}) as session:
        for item in site.items.values():
            check(session, Entry(url=item.url, channel="feed", node_id=item.node))
        return session.tally


@settings(max_examples=20)
@given(_items(), st.data())
def test_twice_adds_nothing_and_a_changed_digit_is_always_a_change(
    items: list[Item], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder, Replica() as site:
        db = Path(folder) / "x.db"
        site.items = {item.slug: item for item in items}
        assert _check_all(site, db).versions_added == len(items)
        again = _check_all(site, db)
        assert again.verdicts == {"unmodified": len(items)}
        assert (again.versions_added, again.changes, again.issues) == (0, {}, 0)
        edited = data.draw(st.sampled_from(items))
        digits = [m.start() for m in re.finditer(r"[0-9]", edited.body)]
        at = data.draw(st.sampled_from(digits))
        other = data.draw(st.sampled_from([d for d in "0123456789" if d != edited.body[at]]))
        site.edit(edited.slug, body=edited.body[:at] + other + edited.body[at + 1 :])
        assert _check_all(site, db).changes == {"revised": 1}
        with reading(db) as database:
            (change,) = [c for c in changes(database) if c.kind == "revised"]
        assert change.significance is Significance.HIGH
        assert change.fields == ("body",)
