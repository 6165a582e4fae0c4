"""What a survey asks: its questions, reasons, wording and looks, as one immutable definition."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from widget.domain.languages import fallbacks
from widget.domain.looks import DEFAULT_LOOKS, Looks
from widget.domain.rewards import Reward
from widget.domain.scales import POSITIVE_FROM, STYLES, Kind, Scale, Style, scale
from widget.domain.sharing import CHANNELS, Channel, channels_in

REASONS_LIMIT = 12
REASON_TEXT_LIMIT = 60
CHOICE_LIMIT = 40
# Stars and numbers are named by what they are; these show words that a team may choose.
WORDED_STYLES: frozenset[Style] = frozenset({"faces5", "faces3", "thumbs"})

Translate = Callable[[str, str], str | None]
"""A built-in English text and a language tag in; that text, or None in a language we lack, out."""


@dataclass(frozen=True)
class TextSlot:
    """One text that a team may word. `builtin` is what stands there until they do."""

    key: str
    label: str
    builtin: str
    limit: int


_QUESTIONS: dict[Kind, str] = {
    "stars": "How did {member} do today?",
    "csat": "How satisfied are you with the help you received?",
    "nps": "How likely are you to recommend {company} to a friend or colleague?",
    "ces": "Overall, {company} made it easy to handle my request.",
}
# Thumbs answer with yes and no, which no other question of satisfaction asks for.
_THUMBS_QUESTION = "Was this helpful?"
_COMMON_SLOTS = (
    TextSlot("positive_prompt", "Asked after a positive score", "What went well?", 200),
    TextSlot("negative_prompt", "Asked after any other score", "What could have been better?", 200),
    TextSlot("comment_prompt", "Above the comment box", "Anything you would like to add?", 200),
    TextSlot(
        "contact_prompt",
        "Box to tick after any other score: to be contacted",
        "Would you like us to contact you?",
        200,
    ),
    TextSlot(
        "contact_address",
        "Asks how to reach an unknown customer",
        "Your email address or telephone number",
        100,
    ),
    TextSlot(
        "publish_prompt",
        "Box to tick after a positive score: to publish the comment",
        "May we publish your comment?",
        200,
    ),
    TextSlot("thanks_title", "Thanks, as a heading", "Thank you!", 100),
    TextSlot("thanks_text", "Thanks, below the heading", "Your answer helps us do better.", 400),
    TextSlot("member_fallback", "Stands for {member} when unknown", "our team", 60),
    TextSlot("customer_fallback", "Stands for {customer} when unknown", "dear customer", 60),
    TextSlot("company_fallback", "Stands for {company} when unknown", "our company", 60),
)
# Worded only where the survey asks for it.
_REWARD_SLOT = TextSlot(
    "reward_prompt",
    "Asked for a reward",
    "Would you like to suggest a thank-you for {member}?",
    200,
)

_SHARE_SLOT = TextSlot(
    "share_text",
    "Text that customers share",
    "I was in touch with {company}, and was happy with the help.",
    240,
)


@dataclass(frozen=True)
class Reason:
    """One reason to tick. `id` never changes, so that answers keep their meaning when reworded.

    `texts` is by language; a built-in reason that nobody reworded has none and says `builtin`.
    """

    id: str
    texts: Mapping[str, str] = field(default_factory=dict)
    builtin: str = ""


@dataclass(frozen=True)
class Question:
    kind: Kind
    style: Style

    @property
    def scale(self) -> Scale:
        return scale(self.kind, self.style)


@dataclass(frozen=True)
class Text:
    """Wording in some language, which differs from the page's where it had to fall back."""

    value: str
    language: str


POSITIVE_REASONS = (
    Reason("friendly", builtin="Friendly"),
    Reason("fast", builtin="Fast"),
    Reason("knew-subject", builtin="Knew the subject"),
    Reason("solved", builtin="Solved my problem"),
    Reason("easy", builtin="Easy to understand"),
    Reason("extra-mile", builtin="Went the extra mile"),
)
NEGATIVE_REASONS = (
    Reason("slow", builtin="Took too long"),
    Reason("not-solved", builtin="Problem not solved"),
    Reason("unclear", builtin="Hard to understand"),
    Reason("unfriendly", builtin="Not friendly"),
    Reason("repeat", builtin="Had to repeat myself"),
    Reason("hard-to-reach", builtin="Hard to reach"),
)


@dataclass(frozen=True)
class Definition:
    """Everything about a survey that a customer can see.

    `languages` are those the team words, main language first. `texts` maps a slot's key to its
    wording by language and holds only what the team entered; the rest is built in.
    `positive_from` is the lowest score of the main question that counts as positive.
    `show_member`: who is rated stands above the question, where the page says who that is.
    `ask_contact` offers to be contacted beside a comment on a score that is not positive;
    `ask_publish` asks, with a positive score, whether the comment may be published.
    `reward_from` is the lowest after which a reward may be suggested, None where positive begins;
    `rewards` are the ids of those on offer, or empty for all that the workspace has.
    """

    question: Question
    positive_from: int
    main_language: str = "en"
    languages: tuple[str, ...] = ("en",)
    extras: tuple[Question, ...] = ()
    ask_reasons: bool = True
    ask_comment: bool = True
    show_member: bool = True
    ask_contact: bool = True
    ask_publish: bool = False
    positive_reasons: tuple[Reason, ...] = POSITIVE_REASONS
    negative_reasons: tuple[Reason, ...] = NEGATIVE_REASONS
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    looks: Looks = DEFAULT_LOOKS
    ask_reward: bool = False
    reward_from: int | None = None
    rewards: tuple[str, ...] = ()
    share: bool = False
    share_channels: tuple[Channel, ...] = CHANNELS
    # Where a shared page leads, with placeholders; "" for nowhere.
    share_url: str = ""

    @property
    def questions(self) -> tuple[Question, ...]:
        """The main question and the extra ones, in the order they are asked."""
        return (self.question, *self.extras)

    @property
    def slots(self) -> tuple[TextSlot, ...]:
        """The texts of this survey that a team may word."""
        slots: list[TextSlot] = []
        for question in self.questions:
            slots += question_slots(question)
        if self.ask_reward:
            slots.append(_REWARD_SLOT)
        slots += _COMMON_SLOTS
        return (*slots, _SHARE_SLOT) if self.share else tuple(slots)

    @property
    def rewards_from(self) -> int:
        """The lowest score of the main question after which a reward may be suggested."""
        return self.positive_from if self.reward_from is None else self.reward_from

    def slot(self, key: str) -> TextSlot:
        """The slot with this key. Raises KeyError when this survey has none."""
        for slot in self.slots:
            if slot.key == key:
                return slot
        raise KeyError(key)

    def text(self, key: str, language: str, translate: Translate) -> Text:
        """The wording of a slot for a page in `language`: the team's, else the built-in one."""
        return _word(
            self.texts.get(key, {}), self.slot(key).builtin, language, self.main_language, translate
        )

    def reason_text(self, reason: Reason, language: str, translate: Translate) -> Text:
        """The wording of a reason, by the same rule as every other text."""
        return _word(reason.texts, reason.builtin, language, self.main_language, translate)

    def reward_text(self, reward: Reward, language: str, translate: Translate) -> Text:
        """The name of a reward, by the same rule; in any language rather than in none."""
        text = _word(reward.texts, reward.builtin, language, self.main_language, translate)
        if text.value:
            return text
        return next((Text(name, tag) for tag, name in reward.texts.items()), text)

    def reasons_for(self, sentiment: str) -> tuple[Reason, ...]:
        return self.positive_reasons if sentiment == "positive" else self.negative_reasons

    def to_json(self) -> dict[str, Any]:
        """Plain data for storage; `definition_from_json` reads it back."""
        return asdict(self)


def question_slots(question: Question) -> tuple[TextSlot, ...]:
    """The texts of one question: itself, its two end labels, and the words of faces and thumbs."""
    kind, ends = question.kind, question.scale
    asked = _THUMBS_QUESTION if question.style == "thumbs" else _QUESTIONS[kind]
    slots = [TextSlot(f"question.{kind}", "Question", asked, 200)]
    if ends.low:
        slots.append(TextSlot(f"low.{kind}", "Label of the lowest score", ends.low, 60))
        slots.append(TextSlot(f"high.{kind}", "Label of the highest score", ends.high, 60))
    if question.style in WORDED_STYLES:
        slots += [
            TextSlot(
                point_key(question, point.score), f"Choice “{point.name}”", point.name, CHOICE_LIMIT
            )
            for point in ends.points
        ]
    return tuple(slots)


def point_key(question: Question, score: int) -> str:
    """The slot's key of one choice: by style, as faces and thumbs are worded differently."""
    return f"point.{question.style}.{score}"


def wordings_in(definition: Definition, language: str) -> int:
    """How many texts and reasons the team has worded in a language."""
    texts = sum(1 for by_language in definition.texts.values() if by_language.get(language))
    reasons = (*definition.positive_reasons, *definition.negative_reasons)
    return texts + sum(1 for reason in reasons if reason.texts.get(language))


def without_language(definition: Definition, language: str) -> Definition:
    """The definition without a language and its wording. The main language stays."""
    if language == definition.main_language:
        return definition

    def kept(texts: Mapping[str, str]) -> dict[str, str]:
        return {tag: text for tag, text in texts.items() if tag != language}

    def reworded(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        return tuple(replace(reason, texts=kept(reason.texts)) for reason in reasons)

    texts = {key: kept(by_language) for key, by_language in definition.texts.items()}
    return replace(
        definition,
        languages=tuple(tag for tag in definition.languages if tag != language),
        texts={key: words for key, words in texts.items() if words},
        positive_reasons=reworded(definition.positive_reasons),
        negative_reasons=reworded(definition.negative_reasons),
    )


def _word(
    texts: Mapping[str, str], builtin: str, language: str, main: str, translate: Translate
) -> Text:
    for tag in fallbacks(language):
        if texts.get(tag):
            return Text(texts[tag], tag)
    for tag in fallbacks(main):
        if texts.get(tag):
            return Text(texts[tag], tag)
    return builtin_text(builtin, language, main, translate)


def builtin_text(builtin: str, language: str, main: str, translate: Translate) -> Text:
    """A built-in text in the page's language, else the survey's main language, else English."""
    for tag in (language, main):
        translated = translate(builtin, tag)
        if translated is not None:
            return Text(translated, tag)
    return Text(builtin, "en")


def new_definition(kind: Kind, style: Style | None = None, language: str = "en") -> Definition:
    """What a new survey of a kind starts with: ready to publish as it is."""
    chosen = style or STYLES[kind][0]
    return Definition(
        question=Question(kind, chosen),
        positive_from=POSITIVE_FROM[kind],
        main_language=language,
        languages=(language,),
    )


def definition_from_json(data: Mapping[str, Any]) -> Definition:
    """The definition in what `to_json` gave."""
    values = dict(data)
    for name in ("positive_reasons", "negative_reasons"):
        values[name] = tuple(Reason(**reason) for reason in values[name])
    values["question"] = Question(**values["question"])
    values["extras"] = tuple(Question(**extra) for extra in values["extras"])
    values["languages"] = tuple(values["languages"])
    # Versions from before rewards have none.
    values["rewards"] = tuple(values.get("rewards", ()))
    values["looks"] = Looks(**values["looks"])
    values["share_channels"] = channels_in(values.get("share_channels", CHANNELS))
    return Definition(**values)


def with_text(definition: Definition, key: str, language: str, value: str) -> Definition:
    """The definition with one text worded; an empty value brings the built-in text back."""
    texts = {name: dict(by_language) for name, by_language in definition.texts.items()}
    texts.setdefault(key, {})[language] = value
    if not value:
        del texts[key][language]
    return replace(definition, texts={name: words for name, words in texts.items() if words})
