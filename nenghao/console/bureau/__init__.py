"""The bureau's pages: the month of all units, a unit's return, seals and releases, quality."""
