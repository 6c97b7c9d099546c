"""Scoring: pure functions from values to values."""
