"""What forms about members say, before anything is stored."""

from dataclasses import replace

from flask import request

from widget.domain.addresses import email_problem, normal_email, storable
from widget.domain.errors import ProfileRefused
from widget.domain.people_rules import PeopleRules
from widget.domain.photos import MAX_PHOTO_BYTES
from widget.domain.profiles import (
    EMPLOYEE_ID_LIMIT,
    Entry,
    Profile,
    read_languages,
    read_tags,
    tidy_profile,
)
from widget.web.console.access import blueprint

# Routes that take a photo.
_TAKE_PHOTOS = {"console.member_photo", "console.profile"}


@blueprint.before_app_request
def _let_photos_in() -> None:
    # Before anything reads the form. Twice the limit, so that a file which is a little too large
    # is told so in words.
    if request.endpoint in _TAKE_PHOTOS:
        request.max_content_length = 2 * MAX_PHOTO_BYTES


def read_profile(rules: PeopleRules, base: Profile) -> tuple[Profile, dict[str, str]]:
    """The profile that the posted form describes, with the photo of `base`, and what is wrong."""
    problems: dict[str, str] = {}
    profile = replace(
        base,
        name=_said("name"),
        title=_said("title"),
        bio=_said("bio"),
        answers={one.id: _said(f"answer.{one.id}") for one in rules.profile_questions},
    )
    try:
        profile = replace(profile, languages=read_languages(_said("languages")))
    except ProfileRefused as error:
        problems |= error.problems
    try:
        profile = tidy_profile(profile, rules.profile_questions)
    except ProfileRefused as error:
        problems |= error.problems
    return profile, problems


def read_entry() -> tuple[Entry, dict[str, str]]:
    """How the posted form wants a member to be known, and what is wrong with it."""
    problems: dict[str, str] = {}
    email, employee_id = normal_email(_said("email")), _said("employee_id").strip()
    wrong = email_problem(email) if email else None
    if wrong:
        problems["email"] = wrong
    if len(employee_id) > EMPLOYEE_ID_LIMIT:
        problems["employee_id"] = f"An employee id has at most {EMPLOYEE_ID_LIMIT} characters."
    tags: tuple[str, ...] = ()
    try:
        tags = read_tags(_said("tags"))
    except ProfileRefused as error:
        problems |= error.problems
    team = request.form.get("team", type=int)
    return Entry(email or None, employee_id or None, team, tags), problems


def uploaded_photo() -> bytes | None:
    """The photo in the posted form, as far as it may be long; None without one."""
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        return None
    content: bytes = upload.read(MAX_PHOTO_BYTES + 1)
    return content


def _said(name: str) -> str:
    return storable(request.form.get(name, ""))
