"""Runs: start, claim, execute, recover, finish."""
