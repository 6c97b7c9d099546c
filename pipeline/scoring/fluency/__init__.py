"""Pace, pauses and disfluency."""
