"""Administration: reference editions, calendar, events, health, accounts, the trail, and one's own tokens."""
