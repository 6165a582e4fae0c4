"""What stands below the thanks for one visitor, and counting that it stood there."""

from flask import request

from widget.actions.count_shares import count_shares
from widget.domain.share_offers import offer_after
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit
from widget.extensions import db
from widget.storage.share_counts import Uses
from widget.storage.surveys import PublishedSurvey
from widget.web.clock import now
from widget.web.face.pages import FaceKey, Typed
from widget.web.face.sharing import offer_html


def offered_html(
    key: FaceKey, survey: PublishedSurvey, definition: Definition, visit: Visit, typed: Typed
) -> str:
    """Sharing and review sites as this survey offers them after this score; "" for neither."""
    if typed.main_score is None:
        return ""
    offer = offer_after(definition, survey.sharing, typed.main_score)
    if not offer.channels:
        return ""
    if not visit.is_test:
        # Its connection goes back: a request that holds one while it waits for another can starve.
        db.session.rollback()
        count_shares(
            db.engine,
            survey.workspace_id,
            survey.id,
            visit.member_id,
            dict.fromkeys(offer.channels, Uses(offered=1)),
            time_zone=survey.time_zone,
            at=now(),
        )
    token = request.form["token"]
    return offer_html(
        key.face(), survey, offer, token, member_id=visit.member_id, test=visit.is_test
    )
