"""The change log as it is asked for: one filter, one row, counts and lines."""
