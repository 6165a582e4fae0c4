"""Making the first page for one visitor, for Flask's route and the express lane alike."""

from widget.domain.flow import offer_of
from widget.domain.sites import origin_allowed
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit
from widget.domain.wording import presentable_name
from widget.storage.surveys import PublishedSurvey
from widget.web.face import pages


def may_stand_on(survey: PublishedSurvey, origin: str, own: tuple[str, ...]) -> bool:
    """Whether a page of this origin may show the survey; "" is no page but the bare address."""
    if not survey.origins or not origin:
        return True
    return origin_allowed(origin, (*survey.origins, *own))


def key_of(survey: PublishedSurvey, definition: Definition, visit: Visit) -> pages.FaceKey:
    """The key of the pages that a visit sees; they can be rendered once it was asked for."""
    key = bare_key(survey, definition, visit)
    pages.introduce(key, definition)
    return key


def bare_key(survey: PublishedSurvey, definition: Definition, visit: Visit) -> pages.FaceKey:
    """The same key, for pages that may or may not have been rendered."""
    return pages.FaceKey(
        visit.version_id,
        visit.language,
        survey.workspace_name,
        survey.public_id,
        offer_of(definition, survey.rewards, visit.member_id),
    )


def visit_values(
    key: pages.FaceKey, visit: Visit, token: str, theme: str, person: str = ""
) -> dict[str, str]:
    """What fills the slots of a page for one visit. `person` is the HTML of whoever is rated."""
    customer = presentable_name(visit.context.customer_name)
    values = key.face().values(token, visit.member_name, customer)
    # Where the frame's scheme and that of the page's iframe differ, browsers paint an opaque
    # ground behind it; the loader says which scheme its iframe has.
    values["theme"] = theme if theme in ("light", "dark") else ""
    values["person"] = person
    # Whose address we know is not asked for one.
    values["known"] = " hidden" if visit.context.customer_email else ""
    return values
