"""Adapters to the outside world, one vendor a file."""
