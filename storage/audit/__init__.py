"""Is everything still what it was; what does today's normaliser make of it."""
