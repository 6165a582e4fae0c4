"""Putting the shared pages together: importing a module adds its routes."""

from widget.web.share import making, passing_on, shared_pages, testimonials
from widget.web.share.blueprint import blueprint

__all__ = ["blueprint", "making", "passing_on", "shared_pages", "testimonials"]
