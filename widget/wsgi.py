"""What the server's worker processes import: the application for this environment."""

from widget import create_app
from widget.settings import settings_from_process

app = create_app(settings_from_process())
