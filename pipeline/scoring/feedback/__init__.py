"""Feedback for an answer and a session."""
