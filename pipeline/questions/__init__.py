"""Questions: bank, selection, generation, follow-ups."""
