"""A run's account: what it counts, and how a watching person is told."""
