"""Sealed releases: their content, spreadsheet and archive, and the check of all three."""
