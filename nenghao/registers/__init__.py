"""Registers of things from files: all rows are validated first, then all are imported or none."""
