"""Which ability each of the console's routes needs, and that every role meets exactly that."""

import pytest
from werkzeug.routing import Rule

from tests.builders import Workspace, csrf_token
from tests.web.test_route_classes import address, rules
from widget.domain.roles import Ability, Role, abilities

# Those that need no more than being signed in, or not even that.
OPEN = {
    "console.forgot_password",
    "console.home",
    "console.new_password",
    "console.set_up",
    "console.welcome",
}

NEEDS: dict[Ability, set[str]] = {
    "see_own": {
        "account",
        "account_switch",
        "dashboard",
        "filter_edit",
        "filter_new",
        "filter_remove",
        "filter_replace",
        "filter_subscribe",
        "filter_values",
        "filters",
        "dashboard_why",
        "dashboard_why_again",
        "leaderboard",
        "leave",
        "my_rewards",
        "profile",
        "profile_withdraw",
        "response",
        "responses",
        "responses_number",
        "stream",
        "stream_events",
        "stream_numbers",
        "subscription_change",
        "subscriptions",
    },
    "read_responses": {
        "campaign",
        "campaigns",
        "client",
        "clients",
        "customer",
        "customers",
        "request_page",
        "requests",
        "responses_columns",
        "responses_export",
        "responses_export_ask",
        "responses_export_cancel",
        "responses_export_file",
        "responses_export_state",
        "responses_exports",
        "stream_wall",
        "surveys",
    },
    "lead": {
        "client_schedule",
        "follow_up",
        "follow_up_assign",
        "follow_up_due",
        "follow_up_note",
        "follow_up_open",
        "follow_up_reply",
        "follow_up_reply_template",
        "follow_up_resolve",
        "follow_up_status",
        "follow_up_times",
        "follow_ups",
        "grant_decide",
        "grants",
        "member",
        "member_approve_or_not",
        "member_archive_or_restore",
        "member_new",
        "member_photo",
        "members",
        "members_review",
        "members_review_decide",
        "report",
        "report_act",
        "report_change",
        "report_comments",
        "report_file",
        "report_new",
        "report_pdf",
        "report_print",
        "report_schedule",
        "report_schedule_stop",
        "report_send",
        "reports",
        "response_consent",
        "response_hide_or_show",
        "response_mark",
        "response_note",
        "response_reply",
        "response_reply_template",
        "response_tag",
        "responses_change",
        "rewards",
        "team",
        "teams",
        "testimonial",
        "testimonial_move",
        "testimonials",
    },
    "edit_surveys": {
        "close_survey",
        "customer_edit",
        "customer_new",
        "deliveries",
        "email",
        "email_preview",
        "embed",
        "embed_forget",
        "embed_sites",
        "language_remove",
        "mail",
        "mail_preview",
        "mail_try",
        "members_import",
        "members_import_apply_or_discard",
        "members_import_preview",
        "members_import_template",
        "new_survey",
        "open_survey",
        "preview",
        "preview_step",
        "publish",
        "rename",
        "request_cancel",
        "request_import",
        "request_import_send_or_discard",
        "request_new",
        "request_upload",
        "request_upload_template",
        "responses_set_aside",
        "responses_set_aside_count",
        "site",
        "site_delete",
        "sites",
        "survey",
        "survey_asking",
        "unassigned",
        "unassigned_assign",
        "unassigned_assign_to",
        "versions",
    },
    "manage_workspace": {
        "response_delete",
        "alert_channel_add",
        "alert_channel_state",
        "alert_channel_test_or_remove",
        "alert_mail_test",
        "alert_rule",
        "alert_rule_of_survey",
        "alert_rule_remove",
        "alerts",
        "asking",
        "audience",
        "audience_list_new",
        "follow_up_due_rules",
        "follow_up_guidance",
        "audience_matches",
        "audience_remove",
        "audiences",
        "campaign_act",
        "campaign_duplicate",
        "campaign_plan",
        "campaign_rehearse",
        "campaign_sample",
        "customer_data",
        "customer_erase",
        "customer_import",
        "customer_import_columns",
        "customer_import_errors",
        "customer_import_start_or_discard",
        "customer_merge",
        "customers_import",
        "customers_import_template",
        "deliveries_lift",
        "invitation_again",
        "invitation_revoke",
        "key_revoke",
        "keys",
        "member_person",
        "people",
        "person_link",
        "person_remove",
        "person_role",
        "reply_template",
        "reply_template_act",
        "reward",
        "reward_move",
        "reward_retire_or_offer",
        "rewards_ready_made",
        "rule",
        "rule_act",
        "rule_matches",
        "rules",
        "sharing",
        "sharing_review_site",
        "sharing_review_site_remove",
        "team_change",
        "team_leader",
        "team_new",
        "team_remove",
        "webhook",
        "webhook_act",
        "webhook_attempts",
        "webhooks",
        "workspace",
        "workspace_members",
        "workspace_numbers",
        "workspace_reference_add",
        "workspace_reference_remove",
    },
}
SEATS: list[tuple[Role, bool]] = [
    ("owner", False),
    ("admin", False),
    ("manager", True),
    ("manager", False),
    ("member", False),
    ("viewer", False),
]


def console_rules(acme: Workspace) -> list[Rule]:
    return [rule for rule in rules(acme.world.app) if rule.endpoint.startswith("console.")]


def test_every_route_of_the_console_declares_what_it_needs(acme: Workspace) -> None:
    expected = {f"console.{name}": ability for ability, of in NEEDS.items() for name in of}
    views = acme.world.app.view_functions
    declared = {
        rule.endpoint: getattr(views[rule.endpoint], "ability", None)
        for rule in console_rules(acme)
        if rule.endpoint not in OPEN
    }
    assert declared == expected


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("role", "sees_all"), SEATS)
def test_every_role_meets_its_own_abilities_and_no_others(
    acme: Workspace, role: Role, sees_all: bool, method: str
) -> None:
    survey = acme.survey()
    client = acme.person("bo@acme.example", role, sees_all=sees_all)
    # A good token: nothing but the role can be what is refused.
    token = csrf_token(client.get("/console/account").text)
    views = acme.world.app.view_functions
    for rule in console_rules(acme):
        if rule.endpoint in OPEN or method not in (rule.methods or ()):
            continue
        needed: Ability = views[rule.endpoint].ability  # type: ignore[attr-defined]
        fields = {"csrf_token": token} if method == "POST" else None
        answer = client.open(address(rule, survey), method=method, data=fields)
        assert answer.status_code != 400, rule
        is_refused = answer.status_code == 403
        assert is_refused == (needed not in abilities(role, sees_all=sees_all)), rule
