"""A TimeMap for each release (RFC 7089, section 5), with the mementos it lists."""

from __future__ import annotations

from email.utils import format_datetime
from itertools import groupby
from pathlib import Path

from sqlite_utils import Database

from corrigenda.wording import count
from storage.export.files import Folder, Result, document_path
from storage.export.held import HeldVersion, all_versions


def export_timemaps(db: Database, to: Path) -> Result:
    """Write ``timemaps/NAME.link`` for each release and ``mementos/NAME/TIME.md`` for its versions.

    Links are relative to the TimeMap, so the folder can be served from anywhere.
    """
    folder, taken = Folder(to), set[str]()
    for _, group in groupby(all_versions(db), key=lambda v: v.release_id):
        versions = list(group)
        path = document_path(versions[0].date, versions[0].named_url, taken)
        name = path.rsplit("/", 1)[-1].removesuffix(".md")
        folder.write(f"timemaps/{name}.link", _timemap(name, versions).encode())
        for version in versions:
            folder.write(
                f"mementos/{name}/{_stamp(version)}.md",
                version.text.encode("utf-8"),
                version.first_observed,
            )
    folder.result.items = count(len(taken), "TimeMap")
    return folder.result


def _timemap(name: str, versions: list[HeldVersion]) -> str:
    """Return a TimeMap as application/link-format (RFC 6690)."""
    first, last = versions[0].first_observed, versions[-1].first_observed
    links = [
        f'<{versions[0].named_url}>; rel="original"',
        f'<{name}.link>; rel="self"; type="application/link-format"'
        f'; from="{format_datetime(first, usegmt=True)}"'
        f'; until="{format_datetime(last, usegmt=True)}"',
    ]
    for place, version in enumerate(versions):
        ends = ["first"] * (place == 0) + ["last"] * (place == len(versions) - 1)
        moment = format_datetime(version.first_observed, usegmt=True)
        links.append(
            f"<../mementos/{name}/{_stamp(version)}.md>"
            f'; rel="{" ".join([*ends, "memento"])}"; datetime="{moment}"'
            '; type="text/markdown"'
        )
    return ",\n".join(links) + "\n"


def _stamp(version: HeldVersion) -> str:
    """Return the version's first observation as archives write it, and its number."""
    return f"{version.first_observed:%Y%m%d%H%M%S}-{version.number}"
