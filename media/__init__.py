"""What was recorded: uploaded answers."""
