"""An article becomes a document."""

from corrigenda.reading.normalise import normalise

__all__ = ["normalise"]
