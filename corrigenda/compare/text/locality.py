"""What is New Zealand's in the comparison: telephones, honorifics, offices, money, agencies.

One place, so that a source of another country can bring its own.
"""

from __future__ import annotations

import re

#: Before the dollar's sign these say nothing that the sign alone does not.
HOME_CURRENCY_CODES = frozenset({"NZ", "NZD"})

#: With its area or country code, and no date such as 01-02-2004: as (04) 555 0199,
#: 021-555-0123, +64 4 555 0199. A number the public is to ring (0800, 0508) is none.
PHONE = re.compile(
    r"(?<![\d$.,])(?!\(?0(?:800|508|900))(?!\d\d-\d\d-\d{4})"
    r"(?:(?:\+|00)\d[\d ()-]{6,}\d|\(?0\d{1,3}\)?[\d ()-]{5,}\d)(?!\d)"
)
#: 555-0199 alone: two figures of a table look the same, so only beside an announcement.
LOCAL_PHONE = re.compile(r"(?<![\d$.,])\d{3}[ -]\d{4}(?![\d,.]?\d)")

HONORIFICS = frozenset("hon rt mr mrs ms miss dr sir dame the honourable".split())

#: Words of which the lines above a release are made.
MASTHEAD = HONORIFICS | frozenset(
    "media joint statement release press news embargo embargoed until for immediate date"
    " minister ministers office of and associate deputy prime leader speech"
    " notes check against delivery st nd rd th time".split()
)
#: Capitalised without being anybody's name.
NOT_NAMES = HONORIFICS | frozenset(
    "i a an and of for in on at by to he she it we they this that these those minister ministers"
    " ministry government governments budget associate acting press release media statement note"
    " notes question questions answer answers also but if when our his her their its there here"
    " as with from ends end contact prime parliament bill act cabinet crown".split()
)
#: To whoever handles the release, not to its readers.
HOUSEKEEPING = re.compile(
    r"\W*note\b.*\b(?:editors?|journalists?|reporters?|newsrooms?|press gallery)\b", re.IGNORECASE
)
#: What agencies are called whose initials are not simply those of their words.
AGENCIES = {
    "ird": "inland revenue department",
    "ir": "inland revenue",
    "winz": "work and income new zealand",
    "doc": "department of conservation",
    "dpmc": "department of the prime minister and cabinet",
    "niwa": "national institute of water and atmospheric research",
    "corrections": "department of corrections",
}
