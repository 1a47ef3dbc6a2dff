"""What a way that asks nobody has to offer, and how it is taken. No Prefect here.

A way decides about each entry (is it wanted? is it held?) by the store and by what it met
before, and offers what is wanted. A run takes the offers; a dry run counts the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from itertools import islice

from flows.account.progress import reporter
from flows.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A wanted entry of which nothing is recorded yet.

    Attributes:
        record: Records it.
        held: There is nothing to record: the store has it already.
    """

    record: Callable[[], None]
    held: bool = False


Offers = Generator[Offer, None, None]


def counted(session: Session, offers: Offers) -> Iterator[Offer]:
    """Yield what is to be recorded, with everything counted that is offered."""
    for offer in offers:
        session.tally.entries += 1
        if offer.held:
            session.tally.verdicts["held"] += 1
            reporter().advanced(1)
        yield offer


def take(
    session: Session,
    offers: Offers,
    together: int,
    around: Callable[[], AbstractContextManager[None]] | None = None,
    look_again: Callable[[], None] = lambda: None,
) -> None:
    """Record what is offered.

    Args:
        session: The run.
        offers: What a way offers. The next is decided when the one before is recorded.
        together: Offers to a transaction: all of them are kept, or none.
        around: Makes the transaction; a plain one when left out.
        look_again: Called between two transactions when another run wrote meanwhile.
    """
    with closing(offers):
        to_take = counted(session, offers)
        more = True
        while more:
            more = False
            with (around or session.together)():
                for offer in islice(to_take, together):
                    more = True
                    if not offer.held:
                        offer.record()
            if more and session.give_way():
                look_again()
