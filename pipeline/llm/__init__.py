"""Language models: client, budgets, prompts."""
