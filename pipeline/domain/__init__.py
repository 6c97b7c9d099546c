"""Frozen values and ports: plain Python, no Django."""
