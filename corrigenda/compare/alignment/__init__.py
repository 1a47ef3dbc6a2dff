"""Two bodies matched once: for the judgement, the counts and the difference on display."""
