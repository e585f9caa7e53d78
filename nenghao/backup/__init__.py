"""Backups of the database server by PostgreSQL's own tools: taken, kept up by WAL, verified, and restored."""
