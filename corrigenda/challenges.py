"""Bot-protection pages: how they are told, and what of ours they carry (pure).

A challenge answers for the site, mostly with 200, and is never the page asked for.
Its marks are those of the challenge itself. A vendor's response headers, cookies
and scripts are none: good pages of a protected site carry them too.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from corrigenda.models import Capture

# Who, and a mark of the page they serve instead. Checked in this order against the
# body; what each page looks like: tests/pages/verdicts/challenge-*.html.
_MARKS: tuple[tuple[str, re.Pattern[bytes]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        # Good pages load /_Incapsula_Resource as a *script*; only the challenge frames it.
        ("Incapsula iframe", rb"<iframe[^>]{0,300}/_Incapsula_Resource\?"),
        ("Incapsula incident", rb"Incapsula incident ID|[?&;]incident_id="),
        ("Imperva interruption", rb"Pardon Our Interruption"),
        ("Cloudflare challenge", rb"_cf_chl_opt|\bcf-chl-|<title>Just a moment\.\.\.</title>"),
        ("Cloudflare block", rb"<title>Attention Required! \| Cloudflare</title>"),
        (
            "Akamai denial",
            rb"<title>Access Denied</title>(?s:.{0,2000}?)Reference(?:\s|&#32;)*(?:#|&#35;)",
        ),
        ("AWS WAF challenge", rb"window\.gokuProps|AwsWafIntegration\.checkForceRefresh"),
        ("DataDome challenge", rb"captcha-delivery\.com/[a-z]+\.js|geo\.captcha-delivery\.com"),
        ("Sucuri challenge", rb"sucuri_cloudproxy_js"),
        (
            "browser check",
            rb"<(?:title|h\d)[^>]{0,300}>\s*(?:Checking your browser|One moment, please)"
            rb"|Checking your browser before (?:accessing|redirecting)",
        ),
    )
)

# Headers that only a challenge has, unlike `server: cloudflare` or `x-iinfo`.
_HEADER_MARKS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    ("Cloudflare challenge", "cf-mitigated", re.compile("challenge", re.IGNORECASE)),
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-how-it-works.html
    ("AWS WAF challenge", "x-amzn-waf-action", re.compile("challenge|captcha", re.IGNORECASE)),
)

_NOINDEX = re.compile(
    rb"<meta\b(?=[^>]*\bname\s*=\s*[\"']?robots\b)[^>]*\bnoindex\b[^>]*>", re.IGNORECASE
)
_SMALL = 5_000  # bytes; recorded challenges have 212 to 1,170

_IPV4 = re.compile(rb"(?<!\d)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)")
# Colons come plain, percent-encoded (in `cip=`) or as character references.
_COLON = rb"(?::|%3[aA]|&#58;|&#x3[aA];)"
_IPV6 = re.compile(
    rb"(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{0,4}" + _COLON + rb"){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])"
)
_MASK = b"0.0.0.0"


def challenge_mark(capture: Capture) -> str | None:
    """Name the mark that makes a response a challenge page.

    The caller makes sure that the page holds no article: text on a good page may
    mention any of this.

    Args:
        capture: A response of any status.

    Returns:
        The vendor and the mark, or None when there is none.
    """
    for name, header, pattern in _HEADER_MARKS:
        if pattern.search(capture.header(header) or ""):
            return f"{name} (header {header})"
    for name, mark in _MARKS:
        if mark.search(capture.body):
            return name
    # Alone a weak mark, so for answers that claim to be the page only: an ordinary
    # 404 page is small and asks not to be indexed as well.
    if capture.status in (200, None) and len(capture.body) < _SMALL:
        return "NOINDEX on a small page" if _NOINDEX.search(capture.body) else None
    return None


def scrub(body: bytes) -> bytes:
    """Mask every IP address in a challenge page.

    Challenges repeat the asker's address (``cip=`` in Incapsula's frame, "Your IP:"
    elsewhere), and pages are kept and exported. No address on such a page is
    evidence, so all of them go, wherever they stand.

    Args:
        body: A challenge page.

    Returns:
        The page with each address replaced by ``0.0.0.0``.
    """
    return _IPV6.sub(_mask, _IPV4.sub(_mask, body))


def _mask(match: re.Match[bytes]) -> bytes:
    """Mask what looks like an address if it is one: 12:30:59 and 1.2.3.999 are not."""
    text = re.sub(_COLON, b":", match.group()).decode("ascii")
    try:
        ip_address(text)
    except ValueError:
        return match.group()
    return _MASK
