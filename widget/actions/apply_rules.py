"""Rules act on a finished response, once: inside a transaction that has locked it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from widget.actions.open_follow_up import alarm_of, choose, open_by_rule
from widget.actions.tag_response import set_tag
from widget.domain.alert_rules import AlertRule
from widget.domain.alert_words import assignment_content
from widget.domain.errors import TagRefused
from widget.domain.follow_ups import Why
from widget.domain.messages import Channel, Content
from widget.domain.rules.conditions import Answered
from widget.domain.rules.rule import Acted, Did, Rule, acting, is_due
from widget.domain.rules.words import Told, response_address, rule_content
from widget.domain.scales import KINDS, Kind
from widget.domain.webhooks import Notice
from widget.storage.alert_rules import channels_of
from widget.storage.follow_up_rows import add_note, newest_follow_up_of
from widget.storage.leads import leads_of, rated_member
from widget.storage.messages import add_message
from widget.storage.models import FollowUp
from widget.storage.people import people
from widget.storage.rule_answers import answered_in
from widget.storage.rules import acted_on, locked_rule_row, note_acted
from widget.storage.seats import acting_seat
from widget.storage.surveys import survey_name
from widget.storage.tags import tags_of
from widget.storage.webhooks import queue_notice, webhooks_of

Row = Mapping[str, Any]


def fitting(rules: Sequence[Rule], response: Row, answered: Answered) -> list[Rule]:
    """Those of a workspace's rules, in their order, that act on a stored, finished response."""
    due = [
        rule
        for rule in rules
        if is_due(rule, finished_at=response["finished_at"], is_test=response["is_test"])
    ]
    return acting(due, answered)


def apply_rules(
    session: Session, rules: Sequence[Rule], response: Row, *, home: str, at: datetime
) -> None:
    """Let rules act on a response that the caller has locked, unless they have done so before.

    `home` is the server's public address.
    """
    workspace_id, id = response["workspace_id"], response["id"]
    if acted_on(session, workspace_id, id) is not None:
        return
    answered = answered_in(session, workspace_id, [response])[id]
    found = fitting(rules, response, answered)
    if not found:
        return
    act = _Acts(session, response, home, at)
    acted = [Acted(rule.id, rule.name, tuple(act.of(rule))) for rule in found]
    act.queue_webhooks()
    note_acted(session, workspace_id, id, acted, at)


@dataclass
class _Acts:
    """What rules do with one response."""

    session: Session
    response: Row
    home: str
    at: datetime

    def __post_init__(self) -> None:
        self.workspace_id: int = self.response["workspace_id"]
        # Webhook -> the names of the rules that send it: a program is told once of a response.
        self.senders: dict[int, list[str]] = {}

    def of(self, rule: Rule) -> list[Did]:
        """Do all that a rule says, but for webhooks, which wait for the other rules."""
        acts = rule.acts
        # Tags first: whoever is told sees them.
        did = [self._tag(tag) for tag in acts.tags]
        if acts.follow_up:
            did.append(self._follow_up(rule))
        content = self._content(rule) if acts.channels or acts.mail_to or acts.mail_people else None
        if content and acts.channels:
            did.append(self._chats(rule, content))
        if content and (acts.mail_to or acts.mail_people):
            did += self._mails(rule, content)
        if acts.webhooks:
            did += self._webhooks(rule)
        return did

    def _tag(self, tag: str) -> Did:
        try:
            is_new = set_tag(
                self.session, self.workspace_id, self.response["id"], tag, given=True, at=self.at
            )
        except TagRefused as error:
            return Did("refused", str(error))
        return Did("tagged" if is_new else "had_tag", tag)

    def _follow_up(self, rule: Rule) -> Did:
        turns = locked_rule_row(self.session, self.workspace_id, rule.id)
        who = AlertRule(assign=rule.acts.follow_up or "nobody", people=rule.acts.people)
        found = newest_follow_up_of(self.session, self.workspace_id, self.response["id"])
        if found is None or found.resolved_at is not None:
            why: list[Why] = ["rule"]
            whose = open_by_rule(
                *(self.session, self.response, who, why), home=self.home, at=self.at, turns=turns
            )
            return Did("opened", people=(whose,) if whose else ())
        leads = {lead.user_id: lead for lead in leads_of(self.session, self.workspace_id)}
        chosen = choose(self.session, self.response, who, leads, turns)
        if chosen is None or chosen == found.assignee_id:
            return Did("had_follow_up")
        data = {"from": found.assignee_id, "to": chosen}
        found.assignee_id = chosen
        add_note(self.session, found, "assignment", at=self.at, data=data)
        self._tell_assignee(found, rule)
        return Did("assigned", people=(chosen,))

    def _tell_assignee(self, found: FollowUp, rule: Rule) -> None:
        leads = {lead.user_id: lead for lead in leads_of(self.session, self.workspace_id)}
        why = cast(list[Why], found.opened_why)
        alarm = alarm_of(self.session, found, self.response, why, leads, self.home)
        content = assignment_content(alarm, f"The rule “{rule.name}”")
        self._message("mail", leads[found.assignee_id or 0].email, content, "assignment")

    def _content(self, rule: Rule) -> Content:
        response = self.response
        member = rated_member(self.session, self.workspace_id, response["member_id"])
        is_shown = response["comment_hidden_at"] is None
        tags = tags_of(self.session, self.workspace_id, [response["id"]])
        told = Told(
            response_id=response["id"],
            home=self.home,
            kind=cast(Kind, response["kind"]),
            scores={kind: response[kind] for kind in KINDS if response[kind] is not None},
            survey=survey_name(self.session, response["survey_id"]),
            member=member.name if member else response["member_given"],
            customer=response["customer_name"],
            client=str((response["attributes"] or {}).get("client", "")),
            channel=response["channel"],
            ref=response["ref"],
            # A mail goes to people who lead nobody.
            comment=(response["comment"] or "") if is_shown else "",
            tags=tags.get(response["id"], ()),
        )
        return rule_content(rule.name, told)

    def _chats(self, rule: Rule, content: Content) -> Did:
        chats = channels_of(self.session, self.workspace_id)
        chosen = [chat for chat in chats if chat.id in rule.acts.channels]
        for chat in chosen:
            self._message(chat.kind, chat.address, content, "rule")
        return Did("chats", number=len(chosen))

    def _mails(self, rule: Rule, content: Content) -> list[Did]:
        """Mail those who are named. Whoever signs in here is told of what they may see, whether
        they were chosen by name or by address."""
        users = {one.email: one.user_id for one in people(self.session, self.workspace_id)}
        emails = {id: email for email, id in users.items()}
        chosen = [emails[id] for id in rule.acts.mail_people if id in emails]
        told = dict.fromkeys((*chosen, *rule.acts.mail_to))
        theirs = [email for email in told if email not in users or self._may_see(users[email])]
        for email in theirs:
            self._message("mail", email, content, "rule")
        mailed = tuple(users[email] for email in theirs if email in users)
        did = [Did("mails", number=len(theirs), people=mailed)] if theirs else []
        left_out = len(told) - len(theirs)
        return [*did, Did("not_theirs", number=left_out)] if left_out else did

    def _may_see(self, user_id: int) -> bool:
        seat = acting_seat(self.session, user_id, self.workspace_id)
        member_id = self.response["member_id"]
        member = rated_member(self.session, self.workspace_id, member_id)
        return seat is not None and seat.scope.covers(member_id, member.team_id if member else None)

    def _webhooks(self, rule: Rule) -> list[Did]:
        chosen = [
            webhook
            for webhook in webhooks_of(self.session, self.workspace_id)
            if webhook.id in rule.acts.webhooks
        ]
        sent = [webhook for webhook in chosen if not webhook.off_why]
        for webhook in sent:
            self.senders.setdefault(webhook.id, []).append(rule.name)
        did = [Did("webhooks", number=len(sent))] if sent else []
        off = [Did("refused", f"The webhook “{one.name}” is off.") for one in chosen if one.off_why]
        return did + off

    def queue_webhooks(self) -> None:
        """Queue one message for each webhook that rules have named."""
        link = response_address(self.home, self.response["id"])
        for webhook_id, names in self.senders.items():
            notice = Notice(webhook_id, self.response["id"].hex, tuple(names))
            queue_notice(self.session, self.workspace_id, notice, link, self.at)

    def _message(self, channel: Channel, target: str, content: Content, purpose: str) -> None:
        add_message(
            *(self.session, self.workspace_id, channel, target, content),
            purpose=purpose,
            at=self.at,
        )
