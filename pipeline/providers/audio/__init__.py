"""Decoding of recordings in a bounded process."""
