"""One request, one answer: a capture, whatever happens on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from corrigenda.errors import FetchRefused
from corrigenda.fetch.decoding import ACCEPTED, BodyError, Decoder
from corrigenda.fetch.guard import Guard
from corrigenda.fetch.wire import Wire
from corrigenda.models import Capture, Verdict
from corrigenda.settings import Settings
from corrigenda.urls import canonical

# Names us to the site (and names a challenged visitor to its protector), so it is no
# part of a record that will be published.
_UNRECORDED = frozenset({"set-cookie"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request.

    Attributes:
        capture: The answer, or the failure.
        transient: The failure is one that asking again may cure.
    """

    capture: Capture
    transient: bool


class Exchange:
    """Sends single requests over one connection; knows no redirects and no second tries."""

    def __init__(self, settings: Settings, guard: Guard, now: Callable[[], datetime]) -> None:
        """Connect to nothing yet.

        Args:
            settings: Timeouts, limits, and who we are.
            guard: Where requests may go.
            now: The time of day.
        """
        self._guard = guard
        self._limit = settings.max_body
        self._now = now
        self._http = httpx.Client(
            transport=Wire(guard, total=settings.total_timeout),
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": ACCEPTED},
            # Each request stands for itself: no cookie is ever sent back.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def send(self, url: str, headers: Mapping[str, str]) -> Outcome:
        """Request a URL that the guard has passed.

        Args:
            url: The source's own URL.
            headers: Request headers beside the usual ones.
        """
        started = time.monotonic()
        status: int | None = None
        received: tuple[tuple[str, str], ...] = ()
        body, failure, detail, transient = b"", None, "", False
        try:
            with self._http.stream("GET", self._guard.reach(url), headers=headers) as response:
                status = response.status_code
                received = tuple(
                    field for field in response.headers.multi_items() if field[0] not in _UNRECORDED
                )
                body = self._read(response)
        except httpcore.TimeoutException as error:
            failure, detail, transient = Verdict.TIMEOUT, _words(error), True
        except httpcore.ConnectError as error:
            failure, detail, transient = Verdict.UNREACHABLE, _words(error), True
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            failure, detail, transient = Verdict.BROKEN, _words(error), True
        except BodyError as error:
            failure, detail, transient = Verdict.BROKEN, str(error), error.transient
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # a Location httpx cannot parse
            failure, detail = Verdict.BROKEN, _words(error)
        except FetchRefused as error:
            failure, detail = Verdict.UNREACHABLE, str(error)
        capture = Capture(
            url=canonical(url),
            final_url=canonical(url),
            captured_at=self._now(),
            status=status,
            headers=received,
            body=body,
            failure=failure,
            detail=detail,
            elapsed=time.monotonic() - started,
        )
        return Outcome(capture, transient)

    def _read(self, response: httpx.Response) -> bytes:
        """Read and decompress a body within the limits."""
        decoder = Decoder(response.headers.get("content-encoding", ""), self._limit)
        for chunk in response.iter_raw():
            decoder.feed(chunk)
        return decoder.finish()


def _words(error: Exception) -> str:
    """Describe an error; timeouts have no text of their own."""
    return str(error) or type(error).__name__
