"""What is remembered: one SQLite file, written by one run at a time.

``migrations`` says what the tables are, ``store`` writes, ``timeline`` keeps every
release's versions and changes in the order they were observed, ``queries`` reads.
"""
