"""When a release is worth another look: hazards, what is learnt of them, the plan.

Pure arithmetic on ages in days; the store keeps what follows from it, and
``benchmarks/recheck.py`` puts the same code to the test over simulated years.
"""
