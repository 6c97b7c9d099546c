"""What we make of an answer: transcript, evaluation, score, feedback."""
