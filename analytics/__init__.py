"""What it adds up to: history, dashboard, charts."""
