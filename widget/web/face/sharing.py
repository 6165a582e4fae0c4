"""What stands below the thanks, drawn: making a page to share, the ways to pass it on, reviews."""

from dataclasses import dataclass
from typing import Literal

from flask import current_app, render_template, url_for

from widget.domain.links import LinkSigner, RequestLink
from widget.domain.share_links import Press, PressSigner
from widget.domain.share_offers import Offer
from widget.domain.share_targets import Shareable, target_of
from widget.domain.sharing import CHANNEL_NAMES, Channel
from widget.storage.shares import SharedPage
from widget.storage.surveys import PublishedSurvey
from widget.web.face.pages import Face
from widget.web.face.speech import Speech

# Opened by the browser or the device itself, and so drawn apart.
_OF_THE_DEVICE: tuple[Channel, ...] = ("native", "copy", "mastodon")


@dataclass(frozen=True)
class Way:
    """A link to press: `go` counts it and leads on; `to` is where it leads, for scripts that count
    by themselves."""

    channel: str
    label: str
    go: str
    to: str

    @property
    def opens_here(self) -> bool:
        """Whether it opens no page of its own: a mail program does not need an empty one."""
        return self.to.startswith("mailto:")


@dataclass(frozen=True)
class Ways:
    """How a page that was made can be passed on."""

    page: str
    mine: str
    has_words: bool
    text: str
    links: tuple[Way, ...]
    native: str = ""
    copy: str = ""
    mastodon: str = ""


def presses() -> PressSigner:
    """The signer of pressable links."""
    found: PressSigner = current_app.extensions["sayso_presses"]
    return found


def share_links() -> LinkSigner:
    """The signer of the links by which customers take their pages back."""
    found: LinkSigner = current_app.extensions["sayso_share_links"]
    return found


def page_url(page: SharedPage) -> str:
    """A shared page's address, on SAYSO_PUBLIC_URL."""
    home: str = current_app.config["SAYSO_PUBLIC_URL"]
    return home + url_for("share.page", share_id=page.address)


Part = Literal["offer", "ways", "refused"]


def offer_html(
    face: Face,
    survey: PublishedSurvey,
    offer: Offer,
    token: str,
    *,
    member_id: int | None,
    test: bool,
) -> str:
    """What is offered with the thanks. `token` is the visit's, `member_id` whom it is about."""
    return part_html(
        face, survey, offer, "offer", whole=True, member_id=member_id, test=test, token=token
    )


def part_html(
    face: Face,
    survey: PublishedSurvey,
    offer: Offer,
    part: Part,
    *,
    whole: bool,
    member_id: int | None = None,
    test: bool = False,
    **values: object,
) -> str:
    """Sharing in one of its states; `whole`: with its frame, and the review sites below it.

    `values`: `token` and perhaps `problem` of an offer, `page` of the ways, `problem` of a refusal.
    """
    page = values.pop("page", None)
    if isinstance(page, SharedPage):
        values["ways"] = ways_of(face.speech, page)
    values.setdefault("problem", "")
    return render_template(
        "frame/_share.html" if whole else f"frame/_share_{part}.html",
        say=face.speech.say,
        part=part if offer.makes_page or part != "offer" else "",
        reviews=[
            _way(
                Press(survey.workspace_id, survey.id, site.channel, site.url, test, member_id),
                site.name,
            )
            for site in offer.reviews
        ],
        action=url_for("share.make", public_id=survey.public_id),
        **values,
    )


def preview_html(face: Face, offer: Offer) -> str:
    """What is offered, for the editor's preview: nothing leads anywhere but the review sites."""
    return render_template(
        "frame/_share.html",
        say=face.speech.say,
        part="offer" if offer.makes_page else "",
        reviews=[Way(site.channel, site.name, site.url, site.url) for site in offer.reviews],
        action="",
        token="",
        problem="",
    )


def ways_of(speech: Speech, page: SharedPage) -> Ways:
    """How a page can be passed on, in the words of its survey."""
    link = page_url(page)
    what = Shareable(
        text=speech.sentence("share_text", page.member, "") if page.definition.share else "",
        link=link,
        subject=page.company,
    )
    chosen = page.definition.share_channels

    def go(channel: Channel) -> str:
        if channel not in chosen:
            return ""
        url = what.together if channel == "mastodon" else target_of(channel, what)
        press = Press(page.workspace_id, page.survey_id, channel, url, page.is_test, page.member_id)
        token = presses().sign(press)
        return token if channel == "mastodon" else url_for("share.go", token=token)

    links = [
        Way(
            channel,
            speech.say("Email") if channel == "email" else CHANNEL_NAMES[channel],
            go(channel),
            target_of(channel, what),
        )
        for channel in chosen
        if channel not in _OF_THE_DEVICE
    ]
    mine = share_links().sign(RequestLink(page.workspace_id, page.id))
    return Ways(
        page=link,
        mine=url_for("share.mine", token=mine),
        has_words=bool(page.said.public_words),
        text=what.text,
        links=tuple(links),
        native=go("native"),
        copy=go("copy"),
        mastodon=go("mastodon"),
    )


def _way(press: Press, label: str) -> Way:
    return Way(press.channel, label, url_for("share.go", token=presses().sign(press)), press.url)
