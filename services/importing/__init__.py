"""Bringing another server's content here."""
