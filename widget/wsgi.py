"""What the server's worker processes import: the application for this environment.

`gateway` is what `sayso serve` runs. `app` is for any other WSGI server: everything works there,
and streams ask anew every two seconds instead of staying open.
"""

from widget import create_app
from widget.gateway.application import Gateway
from widget.gateway.heap import keep_what_is_loaded
from widget.settings import settings_from_process

app = create_app(settings_from_process())
# Enough threads for answers to meet in one commit; more only lengthens the slowest requests.
gateway = Gateway(app, app.extensions["sayso_live"], threads=8)
keep_what_is_loaded()
