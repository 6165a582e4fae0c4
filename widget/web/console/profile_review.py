"""Profiles that wait for the approval of those who lead their members."""

from datetime import datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.decide_profile import approve_profile, decline_profile
from widget.domain.addresses import storable
from widget.domain.errors import NotTheirs, ProfileChangeGone, ProfileRefused
from widget.domain.people_rules import ProfileQuestion
from widget.domain.profiles import REASON_LIMIT, Profile
from widget.extensions import db
from widget.storage.profiles import WaitingChange, waiting_changes
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.languages import language_name
from widget.web.console.member_page import led_member

PAGE = 20


@blueprint.get("/members/review")
@needs("lead")
def members_review() -> str:
    """The queue, oldest first."""
    return _page({})


@blueprint.post("/members/<int(max=2147483647):member_id>/review/<any(approve,decline):verb>")
@needs("lead")
def members_review_decide(member_id: int, verb: str) -> Response | tuple[str, int]:
    """Approve the change that was shown, or decline it with a reason."""
    led_member(member_id)
    try:
        proposed_at = datetime.fromisoformat(request.form.get("proposed_at", ""))
        if verb == "approve":
            approve_profile(
                db.session(),
                seat().workspace_id,
                member_id,
                scope=seat().scope,
                proposed_at=proposed_at,
                link=_own_profile(),
                at=now(),
            )
            flash(_("Approved: customers see it now."))
        else:
            _decline(member_id, proposed_at)
            flash(_("Declined. The member reads your reason."))
    except ProfileRefused as error:
        return _page({member_id: error.problems["reason"]}), 422
    except (ProfileChangeGone, NotTheirs) as error:
        flash(str(error), "error")
    except ValueError:
        flash(_("Look at the change once more, and decide then."), "error")
    return redirect(url_for("console.members_review"), 303)


def _decline(member_id: int, proposed_at: datetime) -> None:
    decline_profile(
        db.session(),
        seat().workspace_id,
        member_id,
        scope=seat().scope,
        proposed_at=proposed_at,
        reason=storable(request.form.get("reason", "")),
        user_id=current_user.id,
        link=_own_profile(),
        at=now(),
    )


def _page(problems: dict[int, str]) -> str:
    waiting = waiting_changes(db.session(), seat().workspace_id, seat().scope, limit=PAGE + 1)
    return render_template(
        "console/members/review.html",
        changes=[(one, _sides(one)) for one in waiting[:PAGE]],
        has_more=len(waiting) > PAGE,
        problems=problems,
        typed=request.form,
        reason_limit=REASON_LIMIT,
    )


def _sides(change: WaitingChange) -> list[tuple[str, str, str, bool]]:
    """What a profile says now and is to say, as (field, now, wanted, whether they differ)."""
    questions = seat().rules.profile_questions
    before, after = _said(change.now, questions), _said(change.wanted, questions)
    return [
        (name, old, new, old != new)
        for (name, old), (_name, new) in zip(before, after, strict=True)
    ]


def _said(profile: Profile, questions: tuple[ProfileQuestion, ...]) -> list[tuple[str, str]]:
    return [
        (_("Name"), profile.name),
        (_("Title"), profile.title),
        (_("About them"), profile.bio),
        *((one.text, profile.answers.get(one.id, "")) for one in questions),
        (_("Languages"), ", ".join(language_name(tag) for tag in profile.languages)),
    ]


def _own_profile() -> str:
    return f"{current_app.config['SAYSO_PUBLIC_URL']}{url_for('console.profile')}"
