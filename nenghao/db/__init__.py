"""The database: one module per aggregate, one function per named query of sql/queries."""
