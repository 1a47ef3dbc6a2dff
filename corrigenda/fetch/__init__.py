"""Getting pages: politely, safely, and without ever mistaking a failure for an answer.

One request's way, outermost first: :mod:`.client` asks robots.txt, follows redirects
and tries again; :mod:`.pace` says when; :mod:`.exchange` sends one request and
reads one answer; :mod:`.decoding` decompresses it within limits; :mod:`.wire` keeps
the total timeout and connects only where :mod:`.guard` allows.
"""

from corrigenda.fetch.client import FEED, HTML, Client, require_contact
from corrigenda.fetch.pace import Pace
from corrigenda.fetch.robots import Robots

__all__ = ["FEED", "HTML", "Client", "Pace", "Robots", "require_contact"]
