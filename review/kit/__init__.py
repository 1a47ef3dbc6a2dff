"""What of a change one takes away: citations, and its image."""
