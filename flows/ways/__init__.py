"""The ways in, a module each: what a backfill may bring, and how."""
