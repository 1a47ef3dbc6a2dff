"""A timestamp authority of our own: openssl behind a small HTTP server on loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIGURATION = """\
[tsa]
default_tsa = ours
[ours]
serial = {0}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
crypto_device = builtin
signer_cert = {0}/signer.pem
certs = {0}/ca.pem
signer_key = {0}/signer.key
"""


@dataclass(slots=True, kw_only=True)
class Authority:
    """A running authority.

    Attributes:
        url: Its address.
        ca: The certificate that vouches for it.
        asked: The queries it was sent.
        spoil: Answer with what another query gave, as a liar would.
    """

    url: str
    ca: Path
    asked: list[bytes] = field(default_factory=list)
    spoil: bool = False


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _make(folder: Path) -> None:
    key = ("-newkey", "rsa:2048", "-nodes")
    ca = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "30")
    _openssl(folder, "req", "-x509", *key, *ca)
    _openssl(folder, "req", *key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=TSA")
    usage = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
    (folder / "usage").write_text(usage)
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "usage")
    _openssl(
        folder, "x509", "-req", "-in", "signer.csr", *signed, "-out", "signer.pem", "-days", "30"
    )
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder))


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """Run an authority until the block ends."""
    folder.mkdir()
    _make(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            running.asked.append(query)
            (folder / "q").write_bytes(running.asked[0] if running.spoil else query)
            _openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-out", "r")
            body = (folder / "r").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Authority(url=f"http://127.0.0.1:{server.server_port}/tsr", ca=folder / "ca.pem")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
