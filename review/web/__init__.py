"""Serving: access, headers, mishaps."""
