"""Every named fault, over a real socket: what an honest client must make of it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from corrigenda.fetch import Client
from corrigenda.models import Capture, Verdict
from corrigenda.settings import Settings
from corrigenda.verdicts import judge
from tests.fake_site import HOME, HOSTS, FakeSite, url
from tests.faults.faultsite import FAULTS, FaultSite, release_page
from tests.faults.paces import Recorder

PAGE = release_page("Bridge over Kea Stream opens")


def settings(origin: str, **changes: object) -> Settings:
    """Two attempts without pauses; time-outs that only a fault without end can reach."""
    usual = {"attempts": 2, "backoff": 0.0, "read_timeout": 20.0, "total_timeout": 40.0}
    return Settings(origin=origin, **(usual | changes))


def hasty(origin: str) -> Settings:
    """Time-outs for faults that never end by themselves: however short, they are reached."""
    return settings(origin, read_timeout=0.2, total_timeout=0.5)


def ask(config: Settings, path: str = "/release/one") -> Capture:
    with Client(config, HOSTS, pace=Recorder()) as client:
        return client.get(url(path))


@pytest.fixture
def site():
    with FaultSite({"/release/one": PAGE}) as running:
        yield running


def test_there_are_enough():
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_fault(site, fault):
    site.fault("/release/one", fault.name)
    config = hasty(site.url) if fault.verdict is Verdict.TIMEOUT else settings(site.url)
    capture = ask(config)
    judgement = judge(capture, FakeSite())
    assert judgement.verdict is fault.verdict, (judgement, capture)
    assert capture.url == url("/release/one")
    assert capture.final_url.startswith(HOME), "records keep the canonical host"
    if judgement.verdict is not Verdict.RELEASE:
        assert judgement.reason
    if fault.attempts:
        asked = [hit for hit in site.log if hit.fault == fault.name]
        assert len(asked) == fault.attempts


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "identity", "chunks"])
def test_a_sound_body_arrives_byte_for_byte(site, coding):
    site.fault("/release/one", f"sound-{coding}")
    assert ask(settings(site.url)).body == PAGE


@pytest.mark.parametrize("name", ["gzip-bomb", "br-bomb", "zstd-bomb", "flood"])
def test_a_bomb_is_stopped_before_memory_grows(site, name):
    site.fault("/release/one", name)
    ask(settings(site.url))  # makes the bomb, which is not what is measured
    limit = 1_000_000
    tracemalloc.start()
    try:
        capture = ask(settings(site.url, max_body=limit))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert capture.failure is Verdict.BROKEN
    assert capture.detail == "larger than 1000000 bytes"
    assert peak < limit + 20_000_000, "one decoding step beyond the limit, not the whole bomb"


def test_a_body_as_large_as_allowed_passes(site):
    assert ask(settings(site.url, max_body=len(PAGE))).body == PAGE
    assert ask(settings(site.url, max_body=len(PAGE) - 1)).failure is Verdict.BROKEN


def test_a_failing_site_never_makes_the_client_raise(site):
    site.at_random(0.9, seed=20261120)
    for _ in range(2):  # each client asks for robots.txt anew, and may lose all to that
        with Client(hasty(site.url), HOSTS, pace=Recorder()) as client:
            for _ in range(60):
                judge(client.get(url("/release/one")), FakeSite())


def test_after_any_fault_the_same_client_gets_the_page(site):
    with Client(hasty(site.url), HOSTS, pace=Recorder()) as client:
        client.get(url("/release/one"))
        for fault in FAULTS.values():
            if fault.name.startswith("rate-limited-"):
                continue  # the server asked to be left alone
            site.fault("/release/one", fault.name)
            client.get(url("/release/one"))
            site.heal()
            for _ in range(20):  # a busy machine may miss the hasty time-outs
                capture = client.get(url("/release/one"))
                if capture.failure is not Verdict.TIMEOUT:
                    break
            assert judge(capture, FakeSite()).verdict is Verdict.RELEASE, fault.name


def test_the_total_time_cuts_a_longer_wait_for_bytes_short(site):
    site.fault("/release/one", "stall-mid-body")
    capture = ask(settings(site.url, attempts=1, read_timeout=60.0, total_timeout=0.5))
    assert capture.failure is Verdict.TIMEOUT
    assert capture.elapsed < 30


def test_no_time_at_all_is_a_timeout(site):
    capture = ask(settings(site.url, total_timeout=0.0))
    assert "timeout" in capture.detail
    assert site.log == []


class TestRedirects:
    def test_the_chain_is_recorded(self, site):
        pages = {"/release/two": PAGE}
        site.pages.update(pages)
        site.fault("/release/one", "redirect-release")
        capture = ask(settings(site.url))
        assert capture.redirects == (url("/release/one"),)
        assert capture.final_url == url("/release/elsewhere")
        assert judge(capture, FakeSite()).target == url("/release/elsewhere")

    def test_a_slash_more_is_no_move(self, site):
        site.pages["/release/one/"] = PAGE
        site.redirect("/release/one", "/release/one/")
        capture = ask(settings(site.url))
        assert capture.final_url == url("/release/one")
        assert judge(capture, FakeSite()).verdict is Verdict.RELEASE

    @pytest.mark.parametrize("form", ["{origin}{path}", "https://{host}{path}", "//{host}{path}"])
    def test_origin_and_canonical_locations_are_the_same(self, site, form):
        site.pages["/release/two"] = PAGE
        place = form.format(origin=site.url, host=HOSTS[0], path="/release/two")
        site.redirect("/release/one", place)
        capture = ask(settings(site.url))
        assert capture.final_url == url("/release/two")
        assert site.paths()[-1] == "/release/two"

    def test_as_many_as_allowed_are_followed(self, site):
        for n in range(5):
            site.redirect(f"/release/{n}", f"/release/{n + 1}")
        site.pages["/release/5"] = PAGE
        assert ask(settings(site.url), "/release/0").status == 200
        capture = ask(settings(site.url, max_redirects=4), "/release/0")
        assert (capture.failure, capture.detail) == (Verdict.BROKEN, "more than 4 redirects")

    def test_letters_beyond_ascii_in_a_location(self, site):
        site.pages["/release/k%C4%81k%C4%81"] = PAGE
        site.redirect("/release/one", "/release/kākā")
        assert ask(settings(site.url)).final_url == url("/release/k%C4%81k%C4%81")


class TestConnections:
    def test_refused(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        capture = ask(settings(f"http://127.0.0.1:{port}"))
        assert capture.failure is Verdict.DISALLOWED, "robots.txt was unreachable"
        assert "unreachable" in capture.detail

    @pytest.mark.parametrize(
        "problem", [OSError("Name or service not known"), socket.gaierror(-2, "unknown")]
    )
    def test_a_name_that_does_not_resolve(self, problem):
        def resolve(host, port):
            raise problem

        config = Settings(contact="ops@example.org", attempts=2, backoff=0.0)
        with Client(config, HOSTS, pace=Recorder(), resolve=resolve) as client:
            capture = client.get(url("/release/one"))
            [robots] = client.robots.values()
        assert robots.unreadable.verdict is Verdict.UNREACHABLE
        assert "does not resolve" in robots.unreadable.reason
        assert capture.failure is Verdict.DISALLOWED

    def test_a_host_that_goes_away_is_unreachable(self, site):
        with Client(settings(site.url), HOSTS, pace=Recorder()) as client:
            assert client.get(url("/release/one")).status == 200
            site.__exit__()
            for _ in range(2):  # the open connection ends first
                capture = client.get(url("/release/one"))
        assert capture.failure is Verdict.UNREACHABLE

    def test_a_second_address_is_tried(self, site):
        port = int(site.url.rpartition(":")[2])
        config = settings(f"http://localhost:{port}")
        both = lambda host, port: ["127.0.0.99", "127.0.0.1"]  # noqa: E731
        with Client(config, HOSTS, pace=Recorder(), resolve=both) as client:
            assert client.get(url("/release/one")).status == 200

    def test_tls_with_a_certificate_nobody_vouches_for(self, certificate):
        with FaultSite({"/release/one": PAGE}, tls=_serving(certificate)) as site:
            capture = ask(settings(site.url))
        assert capture.failure is Verdict.DISALLOWED
        assert "unreachable" in capture.detail
        assert "certificate verify failed" in capture.detail

    def test_tls_with_a_trusted_one(self, certificate, monkeypatch):
        """The total timeout and the address checks sit under TLS, so it is tried for real."""
        trusting = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: trusting)
        with FaultSite({"/release/one": PAGE}, tls=_serving(certificate)) as site:
            assert ask(settings(site.url)).body == PAGE
            site.fault("/release/one", "slow-drip-body")
            assert ask(hasty(site.url)).failure is Verdict.TIMEOUT

    def test_tls_to_a_server_that_speaks_none(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def greet() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        connection.sendall(b"220 ready for mail, not for TLS\r\n")
                        connection.recv(1)
                        connection.close()

            threading.Thread(target=greet, daemon=True).start()
            capture = ask(settings(f"https://127.0.0.1:{listener.getsockname()[1]}"))
        assert "unreachable" in capture.detail


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return _self_signed(tmp_path_factory.mktemp("tls"))


def _serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _self_signed(folder: Path) -> Path:
    """Write a fresh certificate for 127.0.0.1, and its key, to one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    loopback = IPv4Address("127.0.0.1")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(loopback)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "self-signed.pem"
    path.write_bytes(certificate.public_bytes(encoding) + secret)
    return path
