"""The file itself: opening it, its lock, its migrations, the pace it keeps."""
