"""What can go wrong, as exceptions that carry a plain sentence for the person concerned."""


class SaysoError(Exception):
    """Base of every expected failure. `str(error)` is a sentence that may be shown to a person."""


class UnknownSurvey(SaysoError):
    """No survey with this public id exists, or it has no published version."""


class ScoreOutOfRange(SaysoError):
    """The score is not a point of the question's scale."""


class CommentTooLong(SaysoError):
    """The comment is longer than a response may hold."""


class ContactRefused(SaysoError):
    """A text tells no way to reach its customer."""


class MemberExists(SaysoError):
    """Another member of the workspace has this email or employee id."""


class LogoRefused(SaysoError):
    """An uploaded file cannot be a survey's logo."""


class OriginRefused(SaysoError):
    """A text is no origin of a page."""


class MomentRefused(SaysoError):
    """A text is no day or moment that can be looked up."""


class SiteInUse(SaysoError):
    """A site cannot be deleted while surveys stand on it."""


class UnknownSite(SaysoError):
    """No site with this id in the workspace."""


class UnknownMember(SaysoError):
    """No member with this id in the workspace."""


class UnknownPerson(SaysoError):
    """Nobody with this id signs in to the workspace."""


class PersonExists(SaysoError):
    """Somebody signs in with this email address already."""


class RoleRefused(SaysoError):
    """A role may not be given or taken like this."""


class UnknownResponse(SaysoError):
    """No response with this id in the workspace."""


class InvalidDefinition(SaysoError):
    """A survey cannot be published as it stands. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class TokenMissing(SaysoError):
    """A form arrived without the signed token that its page carried."""


class TokenForged(SaysoError):
    """The token was not signed by one of our keys."""


class SettingsError(SaysoError):
    """A setting has a value that the server cannot start with."""


class LinkForged(SaysoError):
    """A link's token was not signed by this server."""


class NetworkListWrong(SaysoError):
    """A list of networks has a line that is none."""


class UnknownHeldAnswer(SaysoError):
    """No answer is set aside under this id in the workspace."""


class UnknownRequest(SaysoError):
    """No request, or no import of requests, with this id in the workspace."""


class KeyConflict(SaysoError):
    """An idempotency key was used before, for something else."""


class FileRefused(SaysoError):
    """An uploaded file cannot be read as requests."""


class CannotCancel(SaysoError):
    """A request is past the point where it could be cancelled."""


class InvalidAsking(SaysoError):
    """Rules of asking that cannot be. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class WordingRefused(SaysoError):
    """A mail cannot be worded so. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class MailNotSent(SaysoError):
    """A mail that somebody waits for could not be handed over."""


class RequestOver(SaysoError):
    """A request, or an answer to it, is too old to be answered or changed."""


class InvalidReward(SaysoError):
    """A reward cannot be so. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class UnknownReward(SaysoError):
    """No reward with this id in the workspace."""


class RewardNotOffered(SaysoError):
    """A customer chose a reward that is not offered, or not any more."""


class UnknownGrant(SaysoError):
    """No grant with this id in the workspace, or in the scope of whoever asks."""


class GrantRefused(SaysoError):
    """A grant cannot be approved, declined or handed over like this."""


class TeamsCannotNest(SaysoError):
    """A team cannot be part of another."""


class NoteRefused(SaysoError):
    """A note, or the reason for hiding something, cannot be taken."""


class UnknownTeam(SaysoError):
    """No team with this id in the workspace."""


class TeamRefused(SaysoError):
    """A team cannot be made, named or removed like this."""


class FollowUpRefused(SaysoError):
    """Something cannot be done with a follow-up, or not any more."""


class ReplySentAlready(FollowUpRefused):
    """Under this reply's name another was sent."""


class DueRulesRefused(SaysoError):
    """Rules about when follow-ups are due that cannot be. `problems` maps fields to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class UnknownFollowUp(SaysoError):
    """No follow-up with this id in the workspace."""


class InboundRefused(SaysoError):
    """A mail that came in cannot be read."""


class UnknownAlertChannel(SaysoError):
    """No channel of alerts with this id in the workspace."""


class InvalidAlerts(SaysoError):
    """Rules or channels of alerts that cannot be. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class GuidanceRefused(SaysoError):
    """Guidance that cannot be kept, as a sentence."""


class UnknownReplyTemplate(SaysoError):
    """No template for replies with this id in the workspace."""


class ReplyTemplateRefused(SaysoError):
    """A template for replies that cannot be. `problems` maps fields to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class UnknownRule(SaysoError):
    """No rule with this id in the workspace."""


class InvalidRule(SaysoError):
    """A rule that cannot be. `problems` maps field names, and paths of conditions, to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class UnknownWebhook(SaysoError):
    """No webhook with this id in the workspace."""


class InvalidWebhook(SaysoError):
    """A webhook that cannot be. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class ProfileRefused(SaysoError):
    """A profile cannot say this. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class ProfileChangeGone(SaysoError):
    """A change of a profile does not wait any more, or is another one than was looked at."""


class PersonLinked(SaysoError):
    """Somebody who signs in is a member already, or cannot be made one."""


class NotTheirs(SaysoError):
    """Something is outside the teams that somebody leads."""


class PeopleRulesRefused(SaysoError):
    """Rules about members that cannot be. `problems` maps questions' ids, or the names of other
    rules, to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class StrataRefused(SaysoError):
    """Groups of customers, or references, that cannot be stated so."""


class AddressRefused(SaysoError):
    """A text is no address that customers can be led to."""


class InstanceRefused(SaysoError):
    """A text names no Mastodon server."""


class CannotShare(SaysoError):
    """A response is not one that its customer can share, or not any more."""


class UnknownShare(SaysoError):
    """No shared page with this id."""


class NotAnExcerpt(SaysoError):
    """A text is no part of what the customer wrote."""


class UnknownReviewSite(SaysoError):
    """No review site with this id in the workspace."""


class UnknownTestimonial(SaysoError):
    """No response that may become a testimonial with this id in the workspace."""


class InvitationOver(SaysoError):
    """An invitation was used, withdrawn, or is too old."""


class UnknownInvitation(SaysoError):
    """No open invitation with this id in the workspace."""


class SignInFirst(SaysoError):
    """Somebody signs in with this address already, and only they may join with it."""


class LinkOver(SaysoError):
    """A link to choose a new password was used, replaced, or is too old."""


class TagRefused(SaysoError):
    """A text can be no tag, or a response no further one."""


class ChangeRefused(SaysoError):
    """Many responses cannot be changed in this way."""


class UnknownCustomer(SaysoError):
    """No customer with this id in the workspace."""


class CustomerRefused(SaysoError):
    """What is said of a customer cannot be kept. `problems` has a sentence for each field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class ExportRefused(SaysoError):
    """A file of responses cannot be asked for, or not be given to somebody any more."""


class UnknownExport(SaysoError):
    """No file of responses with this id that somebody asked for in the workspace."""


class ReportRefused(SaysoError):
    """A report cannot be made or changed so. `problems` maps field names to sentences, "" to those
    of no field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class ReadingStopped(Exception):
    """Reading a file ended before its end, as nobody waits for it any more."""


class EraseLater(SaysoError):
    """Somebody cannot be erased at this moment, as something would put them back."""


class MergeRefused(SaysoError):
    """Two customers cannot become one."""


class UnknownImport(SaysoError):
    """No import of customers with this id in the workspace."""


class UnknownReport(SaysoError):
    """No report, or nothing that makes reports, with this id to see in the workspace."""


class PdfNotMade(SaysoError):
    """A PDF could not be made; says why."""


class UnknownFilter(SaysoError):
    """No saved filter with this id that is one's own, or shared."""


class FilterRefused(SaysoError):
    """A filter cannot be kept in this way."""


class UnknownSubscription(SaysoError):
    """No subscription of one's own with this id."""


class SubscriptionRefused(SaysoError):
    """Nothing can be subscribed to in this way."""


class RulesRefused(SaysoError):
    """An audience's rules are made of something that rules are not made of."""


class UnknownReference(SaysoError):
    """No published score with this id in the workspace."""


class UnknownAudience(SaysoError):
    """No audience with this id in the workspace."""


class AudienceRefused(SaysoError):
    """An audience cannot be so. `problems` maps field names, or paths of rules, to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class AudienceInUse(SaysoError):
    """An audience cannot be removed while campaigns ask it."""


class UnknownCampaign(SaysoError):
    """No campaign with this id in the workspace."""


class UnknownWave(SaysoError):
    """No wave with this number in the campaign."""


class CampaignRefused(SaysoError):
    """What somebody wants of a campaign cannot be done with it now."""


class PlanRefused(SaysoError):
    """A campaign cannot be so. `problems` maps field names to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems
