"""What is read makes no objects, opens no files and expands nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrigenda import documents
from corrigenda.carriers.feeds import read_feed
from corrigenda.errors import DocumentError, FeedError
from corrigenda.sources import get


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/hostname"', '"boom"'])
def test_a_feed_expands_no_entity(entity: str) -> None:
    feed = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e {entity}>]>'
        "<rss><channel><item><title>&e;</title><link>https://x.test/1</link></item></channel></rss>"
    )
    with pytest.raises(FeedError, match="entities"):
        read_feed(feed.encode(), "https://x.test/feed", get("beehive"))


def test_front_matter_makes_no_objects(tmp_path: Path) -> None:
    made = tmp_path / "made"
    text = (
        f'---\ntitle: !!python/object/apply:os.mkdir ["{made}"]\nurl: https://x.test/release/1\n'
        f'ministers:\n  - !!python/object/apply:os.mkdir ["{made}"]\n---\n\nBody.'
    )
    with pytest.raises(DocumentError):
        documents.read(text)
    assert not made.exists()
