"""When follow-ups open by themselves, who gets them, and who is told."""

from flask import (
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions import change_alerts
from widget.domain.alert_rules import ASSIGNS, HIGHEST, NEVER, AlertRule, Assign
from widget.domain.chat_addresses import masked
from widget.domain.errors import InvalidAlerts
from widget.domain.messages import Channel
from widget.domain.scales import KIND_NAMES, KINDS, Kind
from widget.extensions import db
from widget.storage.alert_rules import (
    LastMessage,
    channel_of,
    channels_of,
    last_message,
    rules_of,
    survey_rules,
)
from widget.storage.leads import leads_of
from widget.storage.survey_editing import survey_in_editor
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.alert_forms import read_rule, threshold_choice

_CHANNEL_NAMES: dict[Channel, str] = {
    "mail": "Mail",
    "slack": "Slack",
    "teams": "Microsoft Teams",
}


@blueprint.get("/alerts")
@needs("manage_workspace")
def alerts() -> Response:
    """The rules, and the chats that can be told."""
    return _list()


@blueprint.route("/alerts/rule", methods=["GET", "POST"])
@needs("manage_workspace")
def alert_rule() -> Response:
    """The rule of every survey that has none of its own."""
    rule = rules_of(db.session(), seat().workspace_id).of_all
    return _rule(None, _("Rule of all surveys"), rule, KINDS, has_own=False)


@blueprint.route("/alerts/rule/<public_id>", methods=["GET", "POST"])
@needs("manage_workspace")
def alert_rule_of_survey(public_id: str) -> Response:
    """A survey's own rule; at first that of all surveys."""
    survey = survey_in_editor(db.session(), seat().workspace_id, public_id)
    rules = rules_of(db.session(), seat().workspace_id)
    definition = survey.published or survey.draft
    kinds = [question.kind for question in definition.questions]
    has_own = survey.id in rules.by_survey
    title = _("Rule of %(survey)s", survey=survey.name)
    return _rule(public_id, title, rules.of(survey.id), kinds, has_own=has_own)


@blueprint.post("/alerts/rule/<public_id>/remove")
@needs("manage_workspace")
def alert_rule_remove(public_id: str) -> Response:
    """Let the rule of all surveys hold for one again."""
    change_alerts.remove_rule(db.session(), seat().workspace_id, public_id)
    flash(_("The rule of all surveys holds for it again."))
    return redirect(url_for("console.alerts"), 303)


@blueprint.post("/alerts/channels")
@needs("manage_workspace")
def alert_channel_add() -> Response:
    """Add a chat."""
    kind: Channel = "teams" if request.form.get("kind") == "teams" else "slack"
    try:
        change_alerts.add_channel(
            db.session(),
            seat().workspace_id,
            kind,
            " ".join(request.form.get("name", "").split()),
            request.form.get("address", "").strip(),
            at=now(),
        )
    except InvalidAlerts as error:
        return _list(error.problems)
    flash(_("Added. Send a test, then choose it in a rule."))
    return redirect(url_for("console.alerts") + "#channels", 303)


@blueprint.post("/alerts/channels/<int(max=2147483647):channel_id>/<any(test, remove):verb>")
@needs("manage_workspace")
def alert_channel_test_or_remove(channel_id: int, verb: str) -> Response:
    """Try a chat, or forget it."""
    if verb == "remove":
        change_alerts.remove_channel(db.session(), seat().workspace_id, channel_id)
        flash(_("Removed."))
    else:
        change_alerts.try_channel(
            db.session(),
            seat().workspace_id,
            channel_id,
            by=seat().user_name,
            home=_home(),
            at=now(),
        )
    return redirect(url_for("console.alerts") + "#channels", 303)


@blueprint.post("/alerts/mail/test")
@needs("manage_workspace")
def alert_mail_test() -> Response:
    """Try mail, with one to whoever asks."""
    change_alerts.try_mail(
        db.session(),
        seat().workspace_id,
        current_user.email,
        by=seat().user_name,
        home=_home(),
        at=now(),
    )
    return redirect(url_for("console.alerts") + "#channels", 303)


@blueprint.get("/alerts/channels/<int(max=2147483647):channel_id>/state")
@needs("manage_workspace")
def alert_channel_state(channel_id: int) -> str:
    """What became of the last message to a chat, or with 0 of the last mail: a piece of a page."""
    return render_template("console/alerts/_state.html", id=channel_id, state=_state(channel_id))


def _state(channel_id: int) -> LastMessage | None:
    workspace_id = seat().workspace_id
    if channel_id == 0:
        return last_message(db.session(), workspace_id, "mail")
    chat = channel_of(db.session(), workspace_id, channel_id)
    return last_message(db.session(), workspace_id, chat.kind, [chat.address])


def _list(problems: dict[str, str] | None = None) -> Response:
    workspace_id = seat().workspace_id
    channels = channels_of(db.session(), workspace_id)
    page = render_template(
        "console/alerts/list.html",
        of_all=rules_of(db.session(), workspace_id).of_all,
        surveys=survey_rules(db.session(), workspace_id),
        channels=[
            (chat.id, _(_CHANNEL_NAMES[chat.kind]), chat.name, masked(chat.address))
            for chat in channels
        ],
        states={id: _state(id) for id in [0, *(chat.id for chat in channels)]},
        assign_words=_assign_words(),
        typed=request.form,
        problems=problems or {},
        my_address=current_user.email,
    )
    return make_response(page, 422 if problems else 200)


def _rule(
    public_id: str | None,
    title: str,
    stored: AlertRule,
    kinds: list[Kind] | tuple[Kind, ...],
    *,
    has_own: bool,
) -> Response:
    rule, problems = stored, {}
    if request.method == "POST":
        rule = read_rule(request.form, kinds)
        try:
            change_alerts.change_rule(db.session(), seat().workspace_id, public_id, rule, at=now())
        except InvalidAlerts as error:
            problems = error.problems
        else:
            flash(_("Saved."))
            return redirect(url_for("console.alerts"), 303)
    page = render_template(
        "console/alerts/rule.html",
        title=title,
        public_id=public_id,
        has_own=has_own,
        rule=rule,
        thresholds=[
            (kind, KIND_NAMES[kind], _choices(kind), threshold_choice(rule, kind)) for kind in kinds
        ],
        assigns=list(_assign_words().items()),
        leads=leads_of(db.session(), seat().workspace_id),
        channels=channels_of(db.session(), seat().workspace_id),
        problems=problems,
    )
    return make_response(page, 422 if problems else 200)


def _choices(kind: Kind) -> list[tuple[str, str]]:
    default = _("6 or lower: detractors") if kind == "nps" else _("Below positive")
    lowest = 0 if kind == "nps" else 1
    scores = range(lowest, HIGHEST[kind])
    exact = [
        (str(score), str(score) if score == lowest else _("%(score)s or lower", score=score))
        for score in scores
    ]
    return [("default", default), (str(NEVER), _("Never")), *exact]


@blueprint.app_template_filter("opens_on")
def opens_on(rule: AlertRule) -> str:
    """What a rule opens a follow-up on, in words: scores, wishes and keywords."""
    scores = [
        _("%(kind)s never", kind=KIND_NAMES[kind])
        if highest == NEVER
        else _("%(kind)s up to %(score)s", kind=KIND_NAMES[kind], score=highest)
        for kind, highest in rule.at_most.items()
    ]
    if len(scores) < len(KINDS):
        scores.append(_("otherwise below positive") if scores else _("Scores below positive"))
    parts = [", ".join(scores)]
    if rule.on_contact:
        parts.append(_("wishes to be contacted"))
    if rule.keywords:
        parts.append(_("keywords: %(words)s", words=", ".join(rule.keywords)))
    return "; ".join(parts)


def _assign_words() -> dict[Assign, str]:
    words: dict[Assign, str] = {
        "manager": _("The member’s manager"),
        "in_turn": _("Some people in turn"),
        "person": _("One person"),
        "nobody": _("Nobody"),
    }
    return {assign: words[assign] for assign in ASSIGNS}


def _home() -> str:
    home: str = current_app.config["SAYSO_PUBLIC_URL"]
    return home
