"""The two tables that the sign-in library maps for itself."""

from widget.storage.models import SignInRole, User

__all__ = ["SignInRole", "User"]
