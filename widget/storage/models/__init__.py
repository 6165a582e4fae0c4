"""The tables, by subject. *Settings tables* are small; *stream tables* grow without end.

A stream table's primary key is `(workspace_id, id)` with a UUIDv7 made by the application, and
every unique constraint and foreign key between stream tables begins with `workspace_id`, so that
they can be spread over nodes by workspace without changing a query.
"""

from widget.storage.declarative import Base
from widget.storage.models.accounts import ApiKey, Membership, SignInRole, User, Workspace
from widget.storage.models.campaigns import Audience, AudienceCustomer, Campaign, Wave
from widget.storage.models.columnar import ChangedDay, ColumnarCopy
from widget.storage.models.customers import (
    Customer,
    CustomerAlias,
    CustomerImport,
    CustomerImportPart,
    Erasure,
    MergedCustomer,
)
from widget.storage.models.exports import Export
from widget.storage.models.invitations import Invitation, PasswordAsk
from widget.storage.models.mail import (
    Bounce,
    Delivery,
    HeldAnswer,
    LinkVisit,
    SuppressedAddress,
)
from widget.storage.models.member_work import Assignment, MemberImport
from widget.storage.models.members import Member, ProfileChange, Team, team_managers
from widget.storage.models.messages import Message
from widget.storage.models.notes import Mention, ResponseNote
from widget.storage.models.recovery import (
    AlertChannel,
    AlertRule,
    EventCursor,
    FollowUp,
    FollowUpNote,
    ReplyTemplate,
)
from widget.storage.models.reports import Report, ReportPdf, ReportSchedule
from widget.storage.models.requests import Request, RequestImport
from widget.storage.models.responses import Event, Response, Revision, Rollup
from widget.storage.models.rewards import Grant, Reward, Vote
from widget.storage.models.rules import Rule, RuleRun, Webhook
from widget.storage.models.saved_filters import SavedFilter, Subscription, SubscriptionMail
from widget.storage.models.sharing import Share, ShareCount, Testimonial
from widget.storage.models.strata import NpsReference, Stratum
from widget.storage.models.surveys import EmbedProblem, Image, Site, Survey, SurveyVersion
from widget.storage.models.tags import BulkChange, ResponseTag, Tag
from widget.storage.models.themes import ThemeFinding

__all__ = [
    "AlertChannel",
    "AlertRule",
    "ApiKey",
    "Assignment",
    "Audience",
    "AudienceCustomer",
    "Base",
    "Bounce",
    "BulkChange",
    "Campaign",
    "ChangedDay",
    "ColumnarCopy",
    "Customer",
    "CustomerAlias",
    "CustomerImport",
    "CustomerImportPart",
    "Delivery",
    "EmbedProblem",
    "Erasure",
    "Event",
    "EventCursor",
    "Export",
    "FollowUp",
    "FollowUpNote",
    "Grant",
    "HeldAnswer",
    "Image",
    "Invitation",
    "LinkVisit",
    "Member",
    "MemberImport",
    "Membership",
    "Mention",
    "MergedCustomer",
    "Message",
    "NpsReference",
    "PasswordAsk",
    "ProfileChange",
    "ReplyTemplate",
    "Report",
    "ReportPdf",
    "ReportSchedule",
    "Request",
    "RequestImport",
    "Response",
    "ResponseNote",
    "ResponseTag",
    "Revision",
    "Reward",
    "Rollup",
    "Rule",
    "RuleRun",
    "SavedFilter",
    "Share",
    "ShareCount",
    "SignInRole",
    "Site",
    "Stratum",
    "Subscription",
    "SubscriptionMail",
    "SuppressedAddress",
    "Survey",
    "SurveyVersion",
    "Tag",
    "Team",
    "Testimonial",
    "ThemeFinding",
    "User",
    "Vote",
    "Wave",
    "Webhook",
    "Workspace",
    "team_managers",
]
