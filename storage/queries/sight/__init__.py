"""What could be seen of a source, and what could not: silence is never told as "no change"."""
