"""Grammar of spoken English."""
