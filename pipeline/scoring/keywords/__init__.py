"""Expected keywords."""
