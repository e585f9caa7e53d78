"""The bureau's part of the console. Pages with a name of their own come before those of a unit's month."""

from nenghao.console.bureau import month_routes, quality_routes, release_routes, return_routes
from nenghao.console.bureau.doors import PAGES

__all__ = ["PAGES", "month_routes", "quality_routes", "release_routes", "return_routes"]
