"""The catalogue of rewards: what customers may suggest, how many votes it takes, and its budget."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from widget.actions import change_rewards
from widget.domain.errors import InvalidReward
from widget.domain.grants import month_of
from widget.domain.languages import normal_tag
from widget.domain.rewards import ICONS, SIZES, Reward
from widget.extensions import db
from widget.storage.grants import grant_counts
from widget.storage.rewards import catalogue, reward_of, used_budgets
from widget.storage.survey_editing import worded_languages
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.speech import built_in_text


@dataclass(frozen=True)
class Spent:
    """How much of this month's budget for a reward is used. `left` is None without a limit."""

    used: int
    left: int | None


def spent_this_month(rewards: list[Reward]) -> dict[str, Spent]:
    """The state of this month's budgets, by reward."""
    month = month_of(now(), seat().time_zone)
    used = used_budgets(db.session(), seat().workspace_id, *month)
    return {
        reward.id: Spent(
            used.get(reward.id, 0),
            None if reward.budget is None else max(0, reward.budget - used.get(reward.id, 0)),
        )
        for reward in rewards
    }


@blueprint.get("/rewards")
@needs("lead")
def rewards() -> str:
    """Every reward, with what is left of its budget this month."""
    found = catalogue(db.session(), seat().workspace_id)
    return render_template(
        "console/rewards/list.html",
        rewards=found,
        spent=spent_this_month(found),
        waiting=grant_counts(db.session(), seat().workspace_id, seat().scope).get("earned", 0),
        may_change=seat().may("manage_workspace"),
    )


@blueprint.post("/rewards/ready-made")
@needs("manage_workspace")
def rewards_ready_made() -> Response:
    """Begin with what most teams begin with."""
    change_rewards.add_ready_made(db.session(), seat().workspace_id, at=now())
    flash(_("Added. Surveys offer them once they ask for a reward."))
    return redirect(url_for("console.rewards"), 303)


@blueprint.route("/rewards/new", methods=["GET", "POST"], defaults={"reward_id": ""})
@blueprint.route("/rewards/<reward_id>", methods=["GET", "POST"])
@needs("manage_workspace")
def reward(reward_id: str) -> str | Response | tuple[str, int]:
    """A reward's form."""
    workspace_id = seat().workspace_id
    stored = reward_of(db.session(), workspace_id, reward_id) if reward_id else Reward("")
    if not FlaskForm().validate_on_submit():
        return _form(stored, {})
    read, problems = _read(stored)
    if not problems:
        try:
            change_rewards.save_reward(db.session(), workspace_id, read, at=now())
        except InvalidReward as error:
            problems = error.problems
    if problems:
        return _form(read, problems), 422
    flash(_("Saved. Surveys follow within a second or two."))
    return redirect(url_for("console.rewards"), 303)


@blueprint.post("/rewards/<reward_id>/<any(retire,offer):verb>")
@needs("manage_workspace")
def reward_retire_or_offer(reward_id: str, verb: str) -> Response:
    """Offer a reward no more, or again."""
    try:
        if verb == "retire":
            change_rewards.retire_reward(db.session(), seat().workspace_id, reward_id, at=now())
            flash(_("Retired: customers cannot suggest it any more. What was earned stays."))
        else:
            change_rewards.bring_reward_back(db.session(), seat().workspace_id, reward_id)
            flash(_("On offer again."))
    except InvalidReward as error:
        flash(str(error), "error")
    return redirect(url_for("console.rewards"), 303)


@blueprint.post("/rewards/<reward_id>/<any(up,down):direction>")
@needs("manage_workspace")
def reward_move(reward_id: str, direction: Literal["up", "down"]) -> Response:
    """Change the order in which customers see rewards."""
    change_rewards.move_reward(db.session(), seat().workspace_id, reward_id, direction)
    return redirect(url_for("console.rewards"), 303)


def _form(shown: Reward, problems: dict[str, str]) -> str:
    languages = worded_languages(db.session(), seat().workspace_id) or ["en"]
    return render_template(
        "console/rewards/one.html",
        reward=shown,
        problems=problems,
        languages=list(dict.fromkeys((*languages, *shown.texts))),
        built_in=lambda tag: built_in_text(shown.builtin, tag) or shown.builtin,
        icons=ICONS,
        icon_names=_icon_names(),
        sizes=_sizes(),
    )


def _read(stored: Reward) -> tuple[Reward, dict[str, str]]:
    """The posted form as a reward, and what of it cannot be read."""
    form, problems = request.form, dict[str, str]()
    texts = dict(stored.texts)
    for field, value in form.items():
        tag = field.removeprefix("name.")
        if tag != field and normal_tag(tag) == tag:
            texts[tag] = _line(value)
    added, name = form.get("add_language", "").strip(), _line(form.get("add_name", ""))
    if added or name:
        tag = normal_tag(added) or ""
        if not tag:
            problems["add_language"] = _("Write a language tag like “fr” or “fr-CA”.")
        else:
            texts[tag] = name
    read = replace(
        stored,
        texts={tag: text for tag, text in texts.items() if text},
        icon=form.get("icon", ""),
        size=next((size for size in SIZES if size == form.get("size")), stored.size),
        votes=_number(form.get("votes", "")),
        budget=_number(form["budget"]) if form.get("budget", "").strip() else None,
    )
    return read, problems


def _number(text: str) -> int:
    """A whole number; -1, which is no number of anything, for what is none."""
    return int(text) if re.fullmatch("[0-9]{1,6}", text.strip()) else -1


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()


def _sizes() -> list[tuple[str, str]]:
    return [("small", _("Small")), ("medium", _("Medium")), ("large", _("Large"))]


def _icon_names() -> dict[str, str]:
    return {
        "high-five": _("Hand"),
        "coffee": _("Cup"),
        "lunch": _("Fork and knife"),
        "film": _("Film"),
        "break": _("Clock"),
        "gift": _("Present"),
        "star": _("Star"),
        "heart": _("Heart"),
        "trophy": _("Trophy"),
        "cake": _("Cake"),
        "flower": _("Flower"),
        "ticket": _("Ticket"),
    }
