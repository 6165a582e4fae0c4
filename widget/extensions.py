"""The Flask extensions, unbound; `create_app` binds them."""

from flask_babel import Babel
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from widget.storage.declarative import Base

db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
babel = Babel()
security = Security()
htmx = Htmx()
