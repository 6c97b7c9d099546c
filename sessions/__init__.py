"""What was asked: interview sessions and their questions."""
