"""Telling others what a run found: Prefect events, notifications."""
