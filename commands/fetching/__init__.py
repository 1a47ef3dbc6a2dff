"""Commands that ask a source, bring in what others kept, or look again."""
