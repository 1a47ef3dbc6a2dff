"""What a run could see: feeds as they answer, and absences that may be our own blindness."""
