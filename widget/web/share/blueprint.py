"""The blueprint of everything that customers pass on; `routes` adds its modules."""

from flask import Blueprint

blueprint = Blueprint("share", __name__)
