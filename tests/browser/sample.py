"""A store as it looks after some weeks: the replica's pages, read at chosen times.

Everything but the network and the clock is the real thing: the replica writes the pages,
the pipeline judges and normalises them, the store compares and records.
"""

from __future__ import annotations

import atexit
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from commands.demo.items import Item, own_items, seed_items
from commands.demo.site import Replica
from corrigenda.models import Attachment, Capture, Entry, Via
from corrigenda.sources import get
from flows.pipeline import interpret
from storage.record.store import Store
from tests.storage.factory import content, open_store, seen

DAY = datetime(2026, 5, 4, 2, 32, tzinfo=UTC)


@cache
def sample() -> Path:
    """Return a sample store, built once in a process; copy it to write to it."""
    folder = tempfile.TemporaryDirectory(prefix="corrigenda-sample-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "corrigenda.db"
    build(path)
    return path


def build(path: Path) -> None:
    """Fill a new database with the story."""
    site = Replica(items={i.slug: i for i in [*seed_items(), *own_items(), *_more()]})
    store = open_store(path)
    _visit(store, site, timedelta(days=4))
    for days, edit in enumerate((_figures, _credits, _wording, _rename, _later), start=5):
        edit(site)
        _visit(store, site, timedelta(days=days * 1.37))
    store.hear([Entry(url=f"{_SITE}/release/heard-of-only", channel="feed", title="Heard of only")])
    store.db.close()


def build_hostile(path: Path) -> None:
    """Fill a new database with releases that try to run something in the reader's page."""
    store = open_store(path)
    url = "https://www.beehive.govt.nz/release/hostile"
    attack = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"
    run = store.begin_run("backfill", {})
    for hour, figure in enumerate(("$1 million", "$2 million")):
        what = content(
            f"Spending {figure}. {attack}\n\n[click](javascript:window.pwned=3)\n\n{{{{ 7 * 7 }}}}",
            url=url,
            title=f'"><b>Bold</b>{attack}\u202e',
            ministers=(attack, "javascript:window.pwned=4"),
            portfolios=("'\"><svg onload=window.pwned=5>",),
            attachments=(Attachment(url="javascript:window.pwned=6"),),
        )
        store.record(run, seen(what, hour, url=url))
    store.db.close()


_SITE = "https://www.beehive.govt.nz"


def _visit(store: Store, site: Replica, after: timedelta) -> None:
    """Read every page of the site, a minute apart."""
    source = get("beehive")
    run = store.begin_run("ingest", {"source": "beehive"})
    moment = DAY + after
    verdicts: dict[str, int] = {}
    added = 0
    for number, item in enumerate(site.newest()):
        status, _, body = site.answer(item.path)
        capture = Capture(
            url=item.url,
            final_url=item.url,
            captured_at=moment + timedelta(minutes=number),
            via=Via.LIVE,
            status=status,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=body,
        )
        found = interpret(capture, source, store.known(item.url), node_id=item.node)
        added += store.record(run, found).versions_added
        verdict = str(found.judgement.verdict)
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    store.finish_run(
        run,
        "done",
        entries=len(site.items),
        verdicts=verdicts,
        versions_added=added,
        changes={},
        issues=0,
    )


def _figures(site: Replica) -> None:
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(bridge.slug, body=bridge.body.replace("$16,712 million", "$16,172 million"))
    clinics = site.items["rural-clinics-open-longer"]
    site.edit(clinics.slug, body=clinics.body.replace("021 555 0123", "021 555 0199"))


def _credits(site: Replica) -> None:
    clinics = site.items["rural-clinics-open-longer"]
    site.edit(clinics.slug, ministers=("Hon Piripi Rangihuna", "Hon Hana Poutama"))
    levy = site.items["freight-levy-decision"]
    site.edit(levy.slug, body=levy.body.replace("will not rise", "will rise"))


def _wording(site: Replica) -> None:
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(
        bridge.slug,
        body=bridge.body.replace("Work begins on 1 July 2026.", "Work begins on 1 October 2026."),
    )
    coast = site.items["coastal-fund-opens"]
    paragraphs = coast.body.split("\n")
    paragraphs[1], paragraphs[2] = paragraphs[2], paragraphs[1]
    site.edit(coast.slug, body="\n".join(paragraphs))
    levy = site.items["freight-levy-decision"]
    site.edit(levy.slug, body=levy.body.replace("We have listened", "We listened, as promised"))


def _rename(site: Replica) -> None:
    """One edit on many releases: a minister is renamed."""
    for slug, item in list(site.items.items()):
        if "Hon Ana Teira" in item.ministers:
            site.edit(slug, ministers=("Hon Ana Teira-Moss",))


def _later(site: Replica) -> None:
    sanctuary = site.items["kiwi-sanctuary-extended"]
    site.edit(
        sanctuary.slug,
        title="Kiwi sanctuary to be extended",
        body=sanctuary.body.replace("320 hectares", "230 hectares"),
    )
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(bridge.slug, body=bridge.body.replace("$16,172 million", "$16,712 million"))
    site.challenged.add("statement-on-the-storm")


def _more() -> list[Item]:
    """Return further releases of the replica, invented."""
    schools = [
        _item(
            3000 + n,
            f"{town.lower()}-school-opens",
            f"New school opens in {town}",
            "Hon Ana Teira",
            "Education",
            f"<p>A new school for {n * 60 + 240} pupils opened in {town} today.</p>",
        )
        for n, town in enumerate(("Ahuriri", "Pukerau", "Waimori", "Kaihere", "Tokaroa", "Omihi"))
    ]
    return [
        *schools,
        _item(
            3100,
            "freight-levy-decision",
            "Decision on the freight levy",
            "Hon Mere Tautahi",
            "Transport",
            "<p>The levy on coastal freight will not rise this year, Transport Minister Mere "
            "Tautahi says.</p>\n<p>“We have listened,” Ms Tautahi says.</p>",
        ),
        _item(
            3101,
            "coastal-fund-opens",
            "Coastal fund opens for applications",
            "Hon Tama Whetū",
            "Conservation",
            "<p>Communities on the coast can apply to a new fund from today.</p>\n"
            "<p>The Government is committed to helping every community that asks, Conservation "
            "Minister Tama Whetū says.</p>\n"
            "<p>Applications close in the spring, and decisions follow within weeks.</p>",
        ),
    ]


def _item(node: int, slug: str, title: str, minister: str, portfolio: str, body: str) -> Item:
    return Item(
        node=node,
        slug=slug,
        title=title,
        published=DAY + timedelta(hours=node % 100),
        ministers=(minister,),
        portfolios=(portfolio,),
        body=body,
    )
