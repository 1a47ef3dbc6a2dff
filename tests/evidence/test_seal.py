"""Seals hold outside: openssl checks them, and what was rewritten since is found."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corrigenda.errors import NotHeld, TimestampError, UsageError
from corrigenda.timestamps import stamp
from flows.seal import seal as flow
from flows.serving.definitions import deployments
from storage.audit.seal import seal
from storage.audit.verify import verify
from storage.export.kit import kit
from storage.file.connection import open_database, reading
from storage.queries.log.changes import changes
from storage.queries.log.filters import ChangeFilter
from storage.queries.seals import seals
from tests.evidence.authority import Authority, authority
from tests.storage.factory import content, open_store, seen

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("tsa") / "ours") as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "c.db"
    record(path, 2)
    return path


def record(path: Path, number: int) -> None:
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for hours in range(number):
        store.record(run, seen(content(f"It costs ${hours} million."), 24 + hours))
    store.db.close()


def sealed(path: Path, tsa: Authority) -> None:
    db = open_database(path, create=True)
    made = seal(db, tsa.url, certificates=tsa.ca.read_text())
    assert made.new
    assert not seal(db, tsa.url, certificates=tsa.ca.read_text()).new, "nothing came since"
    db.close()


def test_verify_checks_the_seals(path: Path, tsa: Authority) -> None:
    sealed(path, tsa)
    report = verify(path)
    assert (report.seals, report.damages) == (1, [])


def test_what_was_rewritten_since_does_not_pass(path: Path, tsa: Authority) -> None:
    sealed(path, tsa)
    conn = sqlite3.connect(path)
    conn.executescript(
        "DROP TRIGGER versions_no_update; UPDATE versions SET hash = 'x' || hash WHERE id = 2;"
    )
    conn.close()
    (damage,) = [d for d in verify(path).damages if d.kind == "seal"]
    assert "rewritten since" in damage.problem


def test_a_token_of_another_head_does_not_pass(path: Path, tsa: Authority) -> None:
    sealed(path, tsa)
    other = stamp("ab" * 32, tsa.url, certificates=tsa.ca.read_text())
    conn = sqlite3.connect(path)
    conn.execute("DROP TRIGGER seals_no_update")
    conn.execute("UPDATE seals SET token = ?", [other])
    conn.commit()
    conn.close()
    (damage,) = [d for d in verify(path).damages if d.kind == "seal"]
    assert "mismatch" in damage.problem


def test_a_seal_is_never_changed(path: Path, tsa: Authority) -> None:
    sealed(path, tsa)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        sqlite3.connect(path).execute("DELETE FROM seals")


def test_the_kit_is_checked_with_openssl_and_a_shell(
    path: Path, tsa: Authority, tmp_path: Path
) -> None:
    db = open_database(path, create=True)
    change = changes(db, ChangeFilter(kind="revised"))[0].id
    before = kit(db, change, masked=False, address="http://x.example/change/1")
    assert before is not None
    assert "seal/timestamp.tsr" not in zipfile.ZipFile(io.BytesIO(before)).namelist()
    db.close()
    store = open_store(path)
    for hours in (50, 51):
        store.record(store.begin_run("ingest", {}), seen(content(f"Later {hours}."), hours))
    store.db.close()
    sealed(path, tsa)
    with reading(path) as db:
        data = kit(db, change, masked=True, address="http://x.example/change/1")
    assert data is not None
    to = tmp_path / "kit"
    zipfile.ZipFile(io.BytesIO(data)).extractall(to)
    told = (to / "README.md").read_text("utf-8")
    blocks = re.findall(r"```\n(.*?)\n```", told, re.DOTALL)
    walk = next(b for b in blocks if "previous_hash" in b)
    check = next(b for b in blocks if "openssl ts -verify" in b)
    done = subprocess.run(["bash", "-c", walk], cwd=to, capture_output=True, text=True, check=True)
    head = done.stdout.split()[-1]
    assert "BROKEN" not in done.stdout
    assert head in check
    done = subprocess.run(
        ["bash", "-ec", check], cwd=to, capture_output=True, text=True, check=True
    )
    assert "Verification: OK" in done.stdout
    assert len((to / "seal/chain.jsonl").read_bytes().splitlines()) == 4
    # One letter changed anywhere on the way, and the head is another.
    chain = to / "seal/chain.jsonl"
    chain.write_bytes(chain.read_bytes().replace(b"A bridge", b"A Bridge", 1))
    done = subprocess.run(["bash", "-c", walk], cwd=to, capture_output=True, text=True, check=True)
    assert "BROKEN" in done.stdout or head not in done.stdout


def test_an_answer_to_another_question_is_refused(path: Path, tsa: Authority) -> None:
    stamp("cd" * 32, tsa.url, certificates=tsa.ca.read_text())
    tsa.spoil = True
    db = open_database(path, create=True)
    try:
        with pytest.raises(TimestampError, match="does not verify"):
            seal(db, tsa.url, certificates=tsa.ca.read_text())
    finally:
        tsa.spoil = False
    assert seals(db) == []


def test_an_authority_nobody_vouches_for_is_refused(path: Path, tsa: Authority) -> None:
    db = open_database(path, create=True)
    with pytest.raises(TimestampError, match="does not verify"):
        seal(db, tsa.url)
    with pytest.raises(TimestampError, match="not reached"):
        seal(db, "http://127.0.0.1:9/")
    with pytest.raises(UsageError, match="no address"):
        seal(db, "ftp://x")
    assert seals(db) == []


def test_an_empty_store_has_nothing_to_seal(tmp_path: Path, tsa: Authority) -> None:
    store = open_store(tmp_path / "new.db")
    with pytest.raises(NotHeld, match="nothing to seal"):
        seal(store.db, tsa.url)


def test_the_daily_seal_is_off_until_an_authority_is_chosen(
    path: Path, tsa: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "seal" not in {made.flow_name for made in deployments()}
    made = [made for made in deployments(["beehive"], sealing=True) if made.flow_name == "seal"]
    assert len(made) == 1
    assert made[0].schedules
    monkeypatch.delenv("CORRIGENDA_TSA", raising=False)
    assert "nothing was sealed" in flow.fn(db=path)
    monkeypatch.setenv("CORRIGENDA_TSA", tsa.url)
    monkeypatch.setenv("CORRIGENDA_TSA_CA", str(tsa.ca))
    assert flow.fn(db=path).startswith("Sealed: ")
    assert flow.fn(db=path).startswith("Sealed already: ")
