"""What a source tells: its lists, its feeds' own texts, and what its absences amount to."""
