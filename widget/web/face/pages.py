"""Rendered once, then filled: a frame's HTML as literal text with a few slots per visitor."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from flask import render_template, url_for
from markupsafe import Markup, escape

from widget.domain.contacts import CONTACT_LIMIT
from widget.domain.flow import (
    COMMENT_LIMIT,
    Step,
    is_last_question,
    offered_ticks,
    question_of,
    sentiment_of,
    steps,
)
from widget.domain.rewards import NO_OFFER, Offer
from widget.domain.surveys import Definition
from widget.domain.wording import without_controls
from widget.web.assets import asset_url
from widget.web.bounded import Bounded
from widget.web.face.speech import SLOTS, Speech, slot
from widget.web.face.styles import style_of

_SLOT = re.compile(f"\x02({'|'.join(SLOTS)})\x03")


@dataclass(frozen=True)
class Filling:
    """A rendered text split at its slots: literal, slot name, literal, …"""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, rendered: str) -> "Filling":
        return cls(tuple(_SLOT.split(rendered)))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with each slot replaced by its value, which must be safe HTML already."""
        parts = list(self.parts)
        parts[1::2] = [values.get(name, "") for name in parts[1::2]]
        return "".join(parts)


@dataclass(frozen=True)
class Typed:
    """What a customer had entered, to be shown again when a step must be repeated."""

    score: int | None = None
    main_score: int | None = None
    reasons: tuple[str, ...] = ()
    comment: str = ""
    wants_contact: bool = False
    contact: str = ""
    may_publish: bool = False
    reward: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether it holds scores only, of which there are few enough to keep each one's page."""
        return self == Typed(score=self.score, main_score=self.main_score)


@dataclass(frozen=True)
class Face:
    """What a frame is drawn from: a survey's version in one language, where it posts to, and which
    rewards it offers to whoever gave a good score."""

    definition: Definition
    speech: Speech
    public_id: str
    action: str
    image_folder: str
    offer: Offer = NO_OFFER

    def step_html(
        self,
        step: Step,
        typed: Typed,
        *,
        problem: str = "",
        problem_field: str = "",
        is_test: bool = False,
    ) -> str:
        """One step's partial, with slots. `problem_field` names the field that a problem is in."""
        main_score = typed.score if step.name == "score" else typed.main_score
        definition = self.definition
        return render_template(
            f"frame/_{step.name}.html",
            face=self,
            step=step,
            # What a customer typed could contain the marks of slots.
            typed=replace(
                typed,
                comment=without_controls(typed.comment),
                contact=without_controls(typed.contact),
            ),
            comment_limit=COMMENT_LIMIT,
            contact_limit=CONTACT_LIMIT,
            problem=problem,
            problem_field=problem_field,
            is_test=is_test,
            say=self.speech.say,
            speech=self.speech,
            definition=definition,
            question=question_of(definition, step) if step.kind else None,
            main_question=definition.question,
            sentiment=None if main_score is None else sentiment_of(definition, main_score),
            ticks=() if main_score is None else offered_ticks(definition, main_score),
            is_last=step.name != "thanks"
            and is_last_question(definition, step, main_score, self.offer),
            rewards=self.offer.rewards,
            is_first=step == steps(definition)[0],
            token=slot("token"),
            known=slot("known"),
            sharing=slot("sharing"),
        )

    def page_html(self, step_html: str) -> str:
        """A whole document around a step's partial, with slots."""
        return render_template(
            "frame/show.html",
            face=self,
            say=self.speech.say,
            language=self.speech.language,
            direction=self.speech.direction,
            theme=slot("theme"),
            person=self.person,
            style=Markup(style_of(self.definition.looks)),  # noqa: S704 - checked values, our own CSS
            step_html=Markup(step_html),  # noqa: S704 - rendered by a template just above
            htmx=asset_url("vendor/htmx-4.0.1.min.js"),
            script=asset_url("frame/frame.js"),
            logo=self.logo_url(),
        )

    @property
    def person(self) -> Markup:
        """Where whoever is rated is shown, if the survey shows them."""
        return slot("person") if self.definition.show_member else Markup("")

    def logo_url(self) -> str | None:
        logo = self.definition.looks.logo
        return f"{self.image_folder}{logo}" if logo else None

    def values(self, token: str, member: str, customer: str) -> dict[str, str]:
        """The slots' values for one visitor, escaped."""
        values = dict(self._unknown)
        values["token"] = token
        if member:
            values["member"] = str(escape(member))
        if customer:
            values["customer"] = str(escape(customer))
        return values

    @cached_property
    def _unknown(self) -> dict[str, str]:
        """The slots' values for a visitor of whom nothing is known."""
        fallbacks = self.speech.fallbacks()
        return {name: str(escape(fallback)) for name, fallback in fallbacks.items()}


def make_face(
    definition: Definition, language: str, company: str, public_id: str, offer: Offer = NO_OFFER
) -> Face:
    """The face of a published survey."""
    return Face(
        definition=definition,
        speech=Speech(definition, language, company),
        public_id=public_id,
        action=url_for("frame.store", public_id=public_id),
        image_folder=url_for("frame.image", image_id=""),
        offer=offer,
    )


def ready_page(key: "FaceKey", is_test: bool) -> Filling:
    """The first page of a survey, rendered once per version and language."""
    page = _pages.get((key, is_test))
    if page is None:
        face = key.face()
        first = steps(face.definition)[0]
        page = Filling.of(face.page_html(face.step_html(first, Typed(), is_test=is_test)))
        _pages.put((key, is_test), page)
    return page


def known_page(key: "FaceKey", is_test: bool) -> Filling | None:
    """The same where it was rendered before; renders nothing. Whoever gets one has the face."""
    return _pages.get((key, is_test)) if key.is_introduced() else None


def ready_step(key: "FaceKey", step: Step, typed: Typed, is_test: bool) -> Filling:
    """A following step; in its clean state rendered once per version, language and score."""
    filling = _steps.get((key, step, typed, is_test))
    if filling is None:
        filling = Filling.of(key.face().step_html(step, typed, is_test=is_test))
        if typed.is_clean:
            _steps.put((key, step, typed, is_test), filling)
    return filling


def known_step(key: "FaceKey", step: Step, typed: Typed, is_test: bool) -> Filling | None:
    """The same where it was rendered before; renders nothing. Whoever gets one has the face."""
    return _steps.get((key, step, typed, is_test)) if key.is_introduced() else None


@dataclass(frozen=True)
class FaceKey:
    """What a rendered page depends on; the definition is left out of comparing, as a version
    never changes.

    Once introduced, a key holds its face for as long as the key lives, so that one request never
    loses it to another that needs the room.
    """

    version_id: int
    language: str
    company: str
    public_id: str
    offer: Offer = NO_OFFER
    _face: Face | None = field(default=None, init=False, repr=False, compare=False)

    def face(self) -> Face:
        """The face that the key was introduced with. Raises LookupError before that."""
        if self._face is None:
            raise LookupError(f"Nobody has introduced the face of survey {self.public_id}.")
        return self._face

    def is_introduced(self) -> bool:
        """Whether an equal key's face is known; from then on this key holds it, too."""
        if self._face is None and (face := _faces.get(self)):
            self.hold(face)
        return self._face is not None

    def hold(self, face: Face) -> None:
        """Keep a face for as long as this key lives."""
        object.__setattr__(self, "_face", face)


_LIMIT = 2000
_STEP_LIMIT = 20_000
_faces: Bounded[FaceKey, Face] = Bounded(_LIMIT)
_pages: Bounded[tuple[FaceKey, bool], Filling] = Bounded(2 * _LIMIT)
_steps: Bounded[tuple[FaceKey, Step, Typed, bool], Filling] = Bounded(_STEP_LIMIT)


def introduce(key: FaceKey, definition: Definition) -> None:
    """Give a key the face of its version, so that its pages can be rendered."""
    if not key.is_introduced():
        face = make_face(definition, key.language, key.company, key.public_id, key.offer)
        key.hold(face)
        _faces.put(key, face)
