"""Writing: captures, versions, changes, reviews, one transaction for each release."""
