"""What a feed's item says, as a document (pure; docs/design.md, "The site as known").

The feed carries title, time and full text, but neither ministers nor portfolios. That is
enough to notice an edit, also while the pages are blocked, and not enough to be compared
with a page: what is read here belongs to the feed's own timeline.
"""

from __future__ import annotations

from corrigenda.models import ContentType, Document, Entry, Reading
from corrigenda.reading.markdown import to_markdown
from corrigenda.reading.parts import Reader


def read_item(entry: Entry, source: Reader) -> Reading | None:
    """Read one entry of a feed.

    Args:
        entry: An entry with the text the feed carries.
        source: Whose feed it is.

    Returns:
        The document: its date is the day of the item's time, its body goes through
        the converter that pages go through. None when the item has no text.
    """
    if not entry.body_html or not entry.body_html.strip():
        return None
    published = entry.published_at
    return Reading(
        document=Document(
            title=entry.title or "",
            date=published.astimezone(source.zone).date() if published else None,
            url=entry.url,
            body=to_markdown(entry.body_html),
        ),
        content_type=source.content_type(entry.url) or ContentType.RELEASE,
        node_id=entry.node_id,
        date_attribute=published.isoformat() if published else None,
        date_rule=f"{str(source.zone).lower()}-day-of-pubdate" if published else "",
    )
