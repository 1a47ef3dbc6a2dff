"""An article becomes a document."""
