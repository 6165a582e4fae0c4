"""The form of a campaign's plan."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from widget.actions.change_campaigns import NAME_LIMIT, CampaignDraft
from widget.domain.addresses import shown, storable
from widget.domain.asking import MOST_REMINDERS
from widget.domain.audiences import TEXT_FIELDS, Trait, attribute_key
from widget.domain.campaigns import EVERY, CampaignPlan, Every
from widget.web.console.audience_words import field_words

# No field of a plan may be so.
_NO_NUMBER = -1
_NO_DAY = date.min


def read_draft() -> CampaignDraft:
    """The posted form. What is no number, or no day, reads as one that no plan may have."""
    form = request.form
    return CampaignDraft(
        shown(form.get("name", ""), NAME_LIMIT),
        storable(form.get("survey", "")),
        _id(form.get("audience", "")),
        _id(form.get("excluded", "")),
        _plan(form),
    )


def form_key() -> str:
    """What tells one showing of the form from another; "" where none was posted."""
    found = request.form.get("form_key", "")
    return found if re.fullmatch("[0-9a-f]{32}", found) else ""


def _plan(form: Mapping[str, str]) -> CampaignPlan:
    plan = CampaignPlan(
        who="sample" if form.get("who") == "sample" else "everybody",
        sized_by="number" if form.get("sized_by") == "number" else "margin",
        traits=_traits(),
        starts_on=_day(form.get("starts_on", "")) if form.get("starts") == "later" else None,
        every=next((one for one in EVERY if one == form.get("every")), "once"),
        weekdays_only="weekdays_only" in form,
        reminders=_reminders(form.get("reminders", "")),
    )
    whole: dict[str, Any] = {
        name: _whole(form[name])
        for name in (
            *("number", "starts_hour", "repeat", "spread_days", "hours_from"),
            *("hours_until", "quiet_days", "reminder_days"),
        )
        if form.get(name, "").strip()
    }
    broken: dict[str, Any] = {
        name: _decimal(form[name])
        for name in ("margin", "response_rate")
        if form.get(name, "").strip()
    }
    return replace(plan, **whole, **broken)


def _traits() -> tuple[str, ...]:
    chosen = [field for field in TEXT_FIELDS if field in request.form.getlist("trait")]
    keys = (attribute_key(key) for key in request.form.getlist("attributes"))
    names = [Trait(field).name for field in chosen if field != "attribute"]
    return tuple(dict.fromkeys([*names, *(Trait("attribute", key).name for key in keys if key)]))


def _id(text: str) -> int | None:
    if not text:
        return None
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


def _whole(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,9}", text.strip()) else _NO_NUMBER


def _decimal(text: str) -> float:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return _NO_NUMBER
    return number if math.isfinite(number) else _NO_NUMBER


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _NO_DAY


def _reminders(text: str) -> int | None:
    return _whole(text) if text else None


def options() -> dict[str, Any]:
    """What the form offers to choose from."""
    every: dict[Every, str] = {
        "once": _("Once"),
        "week": _("Again every so many weeks"),
        "month": _("Again every so many months"),
    }
    return {
        "every_options": list(every.items()),
        "trait_options": [(one, field_words(one)) for one in TEXT_FIELDS if one != "attribute"],
        "reminder_options": [
            ("", _("As the survey’s rules say")),
            ("0", _("None")),
            *((str(number), str(number)) for number in range(1, MOST_REMINDERS + 1)),
        ],
    }
