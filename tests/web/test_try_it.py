"""The public pages that show a survey as a site would."""

import re

import pytest

from tests.builders import Workspace
from widget.actions.change_survey import close_survey
from widget.actions.create_survey import create_survey
from widget.extensions import db
from widget.operate.demo import make_demo


