"""Language models and rules for text."""
