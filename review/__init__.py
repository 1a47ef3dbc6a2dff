"""Where people look: the Datasette plugin, its pages and feeds."""
