"""When things happen: Prefect flows, thin, over an ordinary package.

``pipeline`` carries one entry from URL to recorded change and knows no Prefect;
``tasks`` wraps batches of it; ``ingest`` and ``backfill`` say in what order.
"""
