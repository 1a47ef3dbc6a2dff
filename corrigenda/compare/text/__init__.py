"""What a body says: its passages and words, what they assert, whom journalists may ring."""
