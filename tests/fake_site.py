"""The least a site must be to have its answers judged; no adapter, no parser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from corrigenda.models import ContentType
from corrigenda.urls import canonical

HOSTS = ("www.example.govt.nz",)
HOME = f"https://{HOSTS[0]}/"


class FakeSite:
    """Releases at ``/release/…``, speeches at ``/speech/…``, lists at ``/`` and ``/releases``."""

    def canonical(self, url: str) -> str:
        return canonical(url, base=HOME)

    def content_type(self, url: str) -> ContentType | None:
        kinds = {"release": ContentType.RELEASE, "speech": ContentType.SPEECH}
        first, _, slug = urlsplit(url).path[1:].partition("/")
        return kinds.get(first) if slug else None

    def is_listing(self, url: str) -> bool:
        return urlsplit(url).path in ("/", "/releases")

    def find_article(self, page: str) -> str | None:
        found = re.search(
            r'<article class="node node--type-article\b.*?</article>', page, re.DOTALL
        )
        return found.group() if found else None


def url(path: str) -> str:
    """Return the canonical URL of a path on the fake site."""
    return canonical(path, base=HOME)
