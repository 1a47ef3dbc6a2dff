"""The review pages of a sample store, served on loopback."""

from tests.review.conftest import db, hostile, reading, served

__all__ = ["db", "hostile", "reading", "served"]
