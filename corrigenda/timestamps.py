"""Trusted timestamps (RFC 3161): asking an authority for one, and checking what it gave.

The ``openssl`` command reads and writes the ASN.1, because it is what anybody checks our
timestamps with: what it accepts here it accepts there, and nothing of ours stands between.
"""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx

from corrigenda.errors import TimestampError, UsageError

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
#: Bytes; an answer with its certificates takes some five thousand.
_LARGEST = 100_000
_TIME = re.compile(r"^Time stamp: (.+?)(?:\.\d+)? GMT$", re.MULTILINE)


def stamp(digest: str, authority: str, *, certificates: str = "", user_agent: str = "") -> bytes:
    """Ask an authority to stamp a SHA-256, and check what it gives.

    Args:
        digest: The SHA-256 in hex.
        authority: The authority's http(s) address.
        certificates: PEM certificates that vouch for it; empty for the system's.
        user_agent: Who asks.

    Returns:
        Its answer, a DER ``TimeStampResp``.

    Raises:
        UsageError: The address is no http(s) address.
        TimestampError: It was not reached, refused, or its answer does not verify.
    """
    if not re.match(r"https?://[^/\s]", authority):
        raise UsageError(f"{authority!r} is no address of a timestamp authority (http or https)")
    with tempfile.TemporaryDirectory(prefix="corrigenda-stamp-") as name:
        query = Path(name) / "query.tsq"
        asked = ["-query", "-digest", digest, "-sha256", "-cert", "-out", str(query)]
        _require(_ts(asked), authority)
        token = _post(authority, query.read_bytes(), user_agent)
        reply = Path(name) / "reply.tsr"
        reply.write_bytes(token)
        # Against the query, not the digest alone: the nonce shows that it was made just now.
        asked = ["-verify", "-queryfile", str(query), "-in", str(reply)]
        _require(_ts([*asked, *_trusted(certificates, name)]), authority)
    return token


def problem_of(token: bytes, digest: str, *, certificates: str = "") -> str:
    """Return what is wrong with a timestamp; empty when it stamps the digest.

    Certificates need to have been valid when it was made: they end, it stays true.

    Args:
        token: The DER ``TimeStampResp``.
        digest: The SHA-256 in hex that it should stamp.
        certificates: PEM certificates that vouch for the authority; empty for the system's.

    Raises:
        TimestampError: There is no openssl.
    """
    with tempfile.TemporaryDirectory(prefix="corrigenda-stamp-") as name:
        reply = Path(name) / "reply.tsr"
        reply.write_bytes(token)
        try:
            when = int(time_of(token).timestamp())
        except TimestampError as error:
            return str(error)
        asked = ["-verify", "-digest", digest, "-in", str(reply), "-attime", str(when)]
        done = _ts([*asked, *_trusted(certificates, name)])
    return "" if done.returncode == 0 else _said(done)


def time_of(token: bytes) -> datetime:
    """Return when a timestamp says it was made, to the second, in UTC.

    Raises:
        TimestampError: It is none, or there is no openssl.
    """
    with tempfile.TemporaryDirectory(prefix="corrigenda-stamp-") as name:
        reply = Path(name) / "reply.tsr"
        reply.write_bytes(token)
        done = _ts(["-reply", "-in", str(reply), "-text"])
    found = _TIME.search(done.stdout)
    if found is None:
        raise TimestampError("the answer", "is no timestamp (RFC 3161)")
    return datetime.strptime(found[1], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)


def read_certificates(path: Path) -> str:
    """Read a file of PEM certificates.

    Raises:
        UsageError: It cannot be read, or holds none.
    """
    try:
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as PEM certificates ({error})") from None
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise UsageError(f"{path}: holds no PEM certificate")
    return text


def _post(authority: str, query: bytes, user_agent: str) -> bytes:
    headers = {"Content-Type": _QUERY, "Accept": _REPLY}
    if user_agent:
        headers["User-Agent"] = user_agent
    try:
        # No redirects: the answer must come from the authority that was chosen.
        with httpx.Client(timeout=30, trust_env=False) as client:
            answer = client.post(authority, content=query, headers=headers)
    except httpx.HTTPError as error:
        raise TimestampError(authority, f"was not reached ({error})") from None
    if answer.status_code != 200:
        raise TimestampError(authority, f"answered HTTP {answer.status_code}")
    media = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != _REPLY or len(answer.content) > _LARGEST:
        raise TimestampError(authority, f"answered {media or 'nothing known'}, not a timestamp")
    return answer.content


def _trusted(certificates: str, folder: str) -> list[str]:
    """Return the options that name who is trusted."""
    if certificates:
        path = Path(folder) / "trusted.pem"
        path.write_text(certificates, "ascii")
        return ["-CAfile", str(path)]
    system = ssl.get_default_verify_paths()
    if system.cafile:
        return ["-CAfile", system.cafile]
    return ["-CApath", system.capath or system.openssl_capath]


def _ts(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise TimestampError("openssl", "is not installed; timestamps are made and checked with it")
    return subprocess.run(  # noqa: S603 - our own arguments, no shell
        [openssl, "ts", *arguments], capture_output=True, text=True, check=False
    )


def _require(done: subprocess.CompletedProcess[str], authority: str) -> None:
    if done.returncode:
        raise TimestampError(authority, f"gave what does not verify: {_said(done)}")


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """Return openssl's reason: the words of its last complaint."""
    lines = [line for line in done.stderr.splitlines() if ":error:" in line]
    if not lines:
        return "openssl says no more than that"
    words = [part for part in lines[-1].split(":error:", 1)[1].split(":") if part]
    return ": ".join(word for word in words[1:] if not word.startswith("../"))
