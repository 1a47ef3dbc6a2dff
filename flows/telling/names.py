"""What a run is called in Prefect: what it does, unless somebody named it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from coolname.data import config
from prefect.runtime import flow_run

#: What the form of Prefect's pages fills in where nobody types: a star, as gamma3-cancri-b.
_STAR = re.compile(
    r"(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|omicron|pi|rho"
    r"|sigma|tau|upsilon|phi|chi|psi|omega)\d*(-[a-z]+)+"
)


def named(describe: Callable[[Mapping[str, Any]], str]) -> Callable[[], str]:
    """Return what Prefect asks for a run's name as it begins.

    Args:
        describe: Makes a name of the run's parameters.
    """

    def name() -> str:
        given = str(flow_run.name or "")
        return given if given and not is_made_up(given) else describe(flow_run.parameters)

    return name


def is_made_up(name: str) -> bool:
    """Tell whether Prefect made a name up: two words of coolname, or a star."""
    words = name.split("-")
    return (len(words) == 2 and _words().issuperset(words)) or bool(_STAR.fullmatch(name))


@cache
def _words() -> frozenset[str]:
    kinds = cast("Mapping[str, Mapping[str, Any]]", config).values()
    return frozenset(word for kind in kinds for word in kind.get("words", ()))
