"""What customers may suggest for a member: a catalogue, and what a survey offers of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Literal, get_args

from widget.domain.errors import InvalidReward

Size = Literal["small", "medium", "large"]
SIZES: tuple[Size, ...] = get_args(Size)

# Each has a drawing in templates/frame/_reward_icon.html.
ICONS = (
    "high-five",
    "coffee",
    "lunch",
    "film",
    "break",
    "gift",
    "star",
    "heart",
    "trophy",
    "cake",
    "flower",
    "ticket",
)
NAME_LIMIT = 60
VOTES_LIMIT = 1_000
BUDGET_LIMIT = 10_000
# As many as a customer can take in at a glance, and a few more.
OFFERED_LIMIT = 20


@dataclass(frozen=True)
class Reward:
    """One reward. `id` never changes, so that votes keep their meaning when it is reworded.

    `texts` is its name by language; a built-in one that nobody reworded has none and says
    `builtin`. `votes` of customers earn one. `budget` is how many may be granted in a calendar
    month: 0 is none, None is any number. One that is not active is retired: offered no more.
    """

    id: str
    texts: Mapping[str, str] = field(default_factory=dict)
    builtin: str = ""
    icon: str = "star"
    size: Size = "small"
    votes: int = 10
    budget: int | None = None
    is_active: bool = True

    @property
    def name(self) -> str:
        """What the console calls it: in English where that is known, else in any language."""
        return self.texts.get("en") or self.builtin or next(iter(self.texts.values()), self.id)


READY_MADE = (
    Reward("", builtin="High five", icon="high-five", size="small", votes=3),
    Reward("", builtin="Coffee", icon="coffee", size="small", votes=5),
    Reward("", builtin="Lunch", icon="lunch", size="medium", votes=15),
    Reward("", builtin="Movie night", icon="film", size="medium", votes=20),
    Reward("", builtin="Extra break", icon="break", size="medium", votes=10),
    Reward("", builtin="Gift card", icon="gift", size="large", votes=30),
)


@dataclass(frozen=True)
class Offer:
    """Rewards to choose from, in order. Offers are compared by their stamp, which is quick."""

    stamp: str = ""
    rewards: tuple[Reward, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.rewards)

    def has(self, id: str) -> bool:
        """Whether a reward is among them."""
        return any(reward.id == id for reward in self.rewards)


NO_OFFER = Offer()


def make_offer(rewards: Iterable[Reward]) -> Offer:
    """The offer of some rewards, those left out that are retired."""
    active = tuple(reward for reward in rewards if reward.is_active)
    if not active:
        return NO_OFFER
    # What a customer sees of each; another budget makes no other offer.
    seen = [(one.id, sorted(one.texts.items()), one.builtin, one.icon) for one in active]
    return Offer(sha256(repr(seen).encode()).hexdigest()[:16], active)


@lru_cache(maxsize=2000)
def chosen_from(offer: Offer, ids: tuple[str, ...]) -> Offer:
    """What is left of an offer where some rewards were chosen; all of it where none were."""
    return make_offer(one for one in offer.rewards if one.id in ids) if ids else offer


def check_reward(reward: Reward) -> None:
    """Raises InvalidReward with a sentence per field when a reward cannot be."""
    problems: dict[str, str] = {}
    if not reward.builtin and not reward.texts:
        problems["name"] = "Give the reward a name."
    for tag, text in reward.texts.items():
        if len(text) > NAME_LIMIT:
            problems[f"name.{tag}"] = f"Please shorten this name to {NAME_LIMIT} characters."
    if reward.icon not in ICONS:
        problems["icon"] = "Choose one of the icons."
    if reward.size not in SIZES:
        problems["size"] = "Choose small, medium or large."
    if not 1 <= reward.votes <= VOTES_LIMIT:
        problems["votes"] = f"Write a number from 1 to {VOTES_LIMIT:,}."
    if reward.budget is not None and not 0 <= reward.budget <= BUDGET_LIMIT:
        problems["budget"] = f"Write a number from 0 to {BUDGET_LIMIT:,}, or leave it empty."
    if problems:
        raise InvalidReward(problems)
