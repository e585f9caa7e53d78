"""Sealed months outside of the database: Parquet files, their signed manifest, and their check against the trees."""
