"""The demo workspace: four surveys that may stand anywhere, one member, one owner, one key."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from flask_security import hash_password, verify_password

from widget.actions.change_password import change_password as store_password
from widget.actions.create_api_key import create_api_key
from widget.actions.create_member import create_member
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.domain.errors import SettingsError
from widget.domain.scales import KINDS, Kind
from widget.extensions import db
from widget.settings import Settings
from widget.storage.accounts import demo_workspace
from widget.storage.surveys import demo_surveys
from widget.web.clock import now

OWNER = "owner@demo.example"
MEMBER = "ana@demo.example"
_NAMES: dict[Kind, str] = {
    "stars": "How did we do?",
    "csat": "Satisfaction with support",
    "nps": "Recommendation",
    "ces": "Ease of getting help",
}
_FILE = "demo.json"


@dataclass(frozen=True)
class Demo:
    """How to use the demo workspace. `surveys` are public ids by kind.

    The owner's password is "" once somebody has chosen another than the one that was made here.
    """

    url: str
    owner: dict[str, str]
    api_key: str
    surveys: dict[str, str]
    member: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def make_demo(settings: Settings) -> Demo:
    """The demo workspace, made if it is missing. Its sign-in and key are kept in SAYSO_DATA."""
    workspace = demo_workspace(db.session())
    known = _known(settings.data / _FILE)
    if workspace is None:
        password = secrets.token_urlsafe(12)
        workspace_id = create_workspace(
            db.session(),
            name="Brightwater Bicycles",
            email=OWNER,
            password_hash=hash_password(password),
            owner_name="Robin Marsh",
            is_demo=True,
            at=now(),
        )
        create_member(
            db.session(),
            workspace_id,
            name="Ana Silva",
            title="Customer support",
            email=MEMBER,
            employee_id="E-100",
            at=now(),
        )
        for kind in KINDS:
            create_survey(
                db.session(), workspace_id, name=_NAMES[kind], kind=kind, user_id=None, at=now()
            )
        known = {}
    else:
        workspace_id = workspace.id
        password = known.get("password", "")
    if not known:
        password = password or _new_password()
        key = create_api_key(db.session(), workspace_id, name="Demo", user_id=None, at=now())
        known = {"password": password, "api_key": key}
        _keep(settings.data / _FILE, known)
    return Demo(
        url=settings.public_url,
        owner={"email": OWNER, "password": _working(known["password"])},
        api_key=known["api_key"],
        surveys={survey.kind: survey.public_id for survey in reversed(demo_surveys(db.session()))},
        member={"email": MEMBER},
    )


def _known(file: Path) -> dict[str, str]:
    """What an earlier run kept; empty when the file is gone, and new secrets are made then."""
    if not file.exists():
        return {}
    known: dict[str, str] = json.loads(file.read_text())
    return known


def _keep(file: Path, known: dict[str, str]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as target:
        json.dump(known, target)


def _working(password: str) -> str:
    """The owner's first password while it still signs in, "" afterwards."""
    owner = current_app.extensions["security"].datastore.find_user(email=OWNER)
    return password if owner and verify_password(password, owner.password) else ""


def _new_password() -> str:
    password = secrets.token_urlsafe(12)
    change_password(OWNER, password)
    return password


def change_password(email: str, password: str) -> None:
    """Give a user a new password. Raises SettingsError with a sentence when it cannot."""
    if len(password) < 12:
        raise SettingsError("A password has at least 12 characters.")
    if not store_password(db.session(), email, hash_password(password)):
        raise SettingsError(f"Nobody signs in as {email}.")


def describe(demo: Demo, settings: Settings, *, has_answers: bool = False) -> str:
    """Where to sign in and what to open, as lines for a terminal; and how to fill it, unless it
    was filled just now."""
    page = f"{settings.try_url or settings.public_url}/demo"
    more = (
        "" if has_answers else "  Made-up answers of half a year: sayso demo --with-answers 1000\n"
    )
    return (
        f"\n  Demo page   {page}\n"
        f"  Console     {demo.url}/console/\n"
        f"  Sign in as  {demo.owner['email']}\n"
        f"  Password    {demo.owner['password'] or '(the password you chose)'}\n"
        f"{more}"
    )
