"""The change log as a site of files: read-only, for any web server or object store."""
