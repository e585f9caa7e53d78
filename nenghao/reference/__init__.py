"""Codes that differ by edition, province and year, as rows with validity, source and confidence."""
