"""Decompressing: the same whatever the pieces, never more than the limit, whole or not at all."""

from __future__ import annotations

import gzip
import random

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.fetch.decoding import BodyError, Decoder

COMPRESS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
COMPRESSED = [name for name in COMPRESS if name not in ("", "identity")]


def decode(encoding: str, data: bytes, *, limit: int = 1_000_000, piece: int = 997) -> bytes:
    decoder = Decoder(encoding, limit)
    for at in range(0, len(data), piece):
        decoder.feed(data[at : at + piece])
    return decoder.finish()


@pytest.mark.parametrize("encoding", COMPRESS)
@given(body=st.binary(max_size=3_000), piece=st.integers(1, 500))
def test_any_body_in_any_pieces(encoding, body, piece):
    assert decode(encoding, COMPRESS[encoding](body), piece=piece) == body


@pytest.mark.parametrize("encoding", COMPRESS)
def test_exactly_the_limit_and_one_more(encoding):
    body = random.Random(1).randbytes(100) + b"x" * 50_000
    data = COMPRESS[encoding](body)
    assert decode(encoding, data, limit=len(body)) == body
    with pytest.raises(BodyError, match="larger than") as error:
        decode(encoding, data, limit=len(body) - 1)
    assert not error.value.transient


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_every_cut_is_noticed(encoding):
    data = COMPRESS[encoding](b"A bridge opens. " * 20)
    for end in range(1, len(data)):
        with pytest.raises(BodyError) as error:
            decode(encoding, data[:end])
        assert error.value.transient


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_no_data_is_an_empty_body(encoding):
    assert decode(encoding, b"") == b""  # 304 and 204 answers name an encoding, too


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_members_and_frames_follow_each_other(encoding):
    compress = COMPRESS[encoding]
    data = compress(b"one, ") + compress(b"") + compress(b"two")
    for piece in (1, 7, len(data)):
        assert decode(encoding, data, piece=piece) == b"one, two"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("rest", [b"\x00" * 600, b"</html>", b"\x1f"])
def test_nothing_else_may_follow(encoding, rest):
    with pytest.raises(BodyError):
        decode(encoding, COMPRESS[encoding](b"whole") + rest)


def test_a_wrong_checksum_is_noticed():
    data = bytearray(gzip.compress(b"whole"))
    data[-8] ^= 1
    with pytest.raises(BodyError, match="not gzip data"):
        decode("gzip", bytes(data))


@pytest.mark.parametrize("encoding", ["deflate", "compress", "gzip, br", "*", "x"])
def test_encodings_nobody_asked_for(encoding):
    with pytest.raises(BodyError, match="unknown content encoding"):
        Decoder(encoding, 1)
