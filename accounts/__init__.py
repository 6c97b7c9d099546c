"""Who: people, their profile and their tokens."""
