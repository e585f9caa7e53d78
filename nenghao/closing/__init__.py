"""Closes days as arrays: readings in force of many series at once become slots. Pure: no I/O, no clock.

Before: readings in force (db.series_days). After: series days to write (jobs.close_days).
"""
