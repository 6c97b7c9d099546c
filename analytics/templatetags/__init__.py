"""Filters of the report's page."""
