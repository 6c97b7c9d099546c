"""What operators and readers of the API look at: health, metrics, documentation."""
