"""What brings captures and entries: feeds, sitemaps, WARC files, the Internet Archive, archives."""
