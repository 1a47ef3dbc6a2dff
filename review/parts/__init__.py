"""What pages and feeds are put together from."""
