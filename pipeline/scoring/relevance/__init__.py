"""Relevance: does the answer address the question?"""
