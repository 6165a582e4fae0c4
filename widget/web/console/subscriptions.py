"""Subscriptions: numbers of a saved filter by mail, one's own list of them, and what stops them."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import subscribe as acts
from widget.domain.errors import SubscriptionRefused
from widget.domain.periods import WEEKDAYS
from widget.domain.saved_filters import SEES_SHARED
from widget.domain.schedules import Schedule
from widget.domain.subscriptions import HOURS, MONTH_DAYS, WHY_WORDS, Why, read_schedule
from widget.extensions import db
from widget.storage.subscription_mails import address_of
from widget.storage.subscriptions import subscriptions_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.saved_filters import found_filter, page_address

_USUAL = ("week-0", "8")


@blueprint.get("/subscriptions")
@needs("see_own")
def subscriptions() -> str:
    """One's own subscriptions."""
    return render_template(
        "console/subscriptions/list.html",
        found=subscriptions_of(
            db.session(),
            seat().workspace_id,
            seat().user_id,
            sees_shared=seat().may(SEES_SHARED),
        ),
        page_address=page_address,
    )


@blueprint.route("/filters/<int(max=2147483647):filter_id>/subscribe", methods=["GET", "POST"])
@needs("see_own")
def filter_subscribe(filter_id: int) -> Response:
    """Choose when the numbers of a filter are to come."""
    found, problem = found_filter(filter_id), ""
    when, hour = (request.form.get(*pair) for pair in zip(("when", "hour"), _USUAL, strict=True))
    if request.method == "POST":
        try:
            schedule = read_schedule(str(when), str(hour), seat().time_zone)
            place = (db.session(), seat().workspace_id, seat().user_id, filter_id)
            acts.subscribe(*place, schedule, at=now())
        except SubscriptionRefused as error:
            problem = str(error)
        else:
            flash(_("Subscribed."))
            return redirect(url_for("console.subscriptions"), 303)
    body = render_template(
        "console/subscriptions/new.html",
        found=found,
        email=address_of(db.session(), seat().workspace_id, seat().user_id),
        when=when,
        hour=hour,
        whens=[
            *((f"week-{day}", _every("week", day)) for day in range(7)),
            *((f"month-{day}", _every("month", day)) for day in MONTH_DAYS),
        ],
        hours=[(one, f"{one:0>2}:00") for one in HOURS],
        problem=problem,
    )
    return make_response(body, 422 if problem else 200)


@blueprint.post(
    "/subscriptions/<int(max=2147483647):subscription_id>/<any(now, stop, start, remove):act>"
)
@needs("see_own")
def subscription_change(subscription_id: int, act: str) -> Response:
    """Send a mail now, or stop, start again or remove a subscription."""
    place = (db.session(), seat().workspace_id, seat().user_id, subscription_id)
    try:
        if act == "now":
            acts.send_now(*place, at=now())
            flash(_("On its way: it is written and sent within a minute."))
        elif act == "stop":
            acts.stop(*place, at=now())
            flash(_("Unsubscribed: no more mails of it come."))
        elif act == "start":
            acts.start_again(*place, at=now())
            flash(_("Subscribed again."))
        else:
            acts.remove(*place)
            flash(_("Removed."))
    except SubscriptionRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.subscriptions"), 303)


@blueprint.app_template_filter("schedule_words")
def schedule_words(schedule: Schedule) -> str:
    """When something comes, as `Every Monday, 08:00`."""
    every = _every(schedule.every, schedule.day)
    return str(_("%(every)s, %(hour)s:00", every=every, hour=f"{schedule.hour:02}"))


@blueprint.app_template_filter("stopped_words")
def stopped_words(why: Why) -> str:
    """Why a subscription is stopped."""
    return str(_(WHY_WORDS[why]))


def _every(every: str, day: int) -> str:
    if every == "week":
        return str(_("Every %(weekday)s", weekday=_(WEEKDAYS[day])))
    if day > 28:
        return str(_("The last day of each month"))
    return str(_("Day %(day)s of each month", day=day))
