"""What a release is, and how one is fetched, judged, read and compared.

Nothing in this package knows Prefect or SQLite: ``flows`` says when things
happen, ``storage`` what is remembered. Importing it does nothing and is cheap.
"""

__version__ = "0.1.0"
