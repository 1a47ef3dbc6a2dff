"""Learning the weights of significance, and measuring them: ``make rank``, ``make battery``."""
