"""The routes of administration, by what they are about."""

from nenghao.console.admin import calendar, health, reference, tokens, trail, users

PAGES = (reference.PAGES, calendar.PAGES, health.PAGES, users.PAGES, trail.PAGES, tokens.PAGES)
