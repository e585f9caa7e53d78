"""Signing in and out, one's own password and language, the way home."""
