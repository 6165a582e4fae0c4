"""What stands below the thanks: sharing after a good score, review sites after every or none."""

from dataclasses import dataclass

from widget.domain.flow import sentiment_of
from widget.domain.sharing import PAGE, ReviewSite, SharingRules
from widget.domain.surveys import Definition


@dataclass(frozen=True)
class Offer:
    """`makes_page`: whether the customer may make a page of their answer.

    The review sites depend on the workspace alone and never on the score.
    """

    makes_page: bool
    reviews: tuple[ReviewSite, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """How the counts name what is offered."""
        page = (PAGE,) if self.makes_page else ()
        return (*page, *(site.channel for site in self.reviews))


def offer_after(definition: Definition, rules: SharingRules, score: int) -> Offer:
    """What a customer is offered who gave this score to the main question."""
    is_positive = sentiment_of(definition, score) == "positive"
    return Offer(definition.share and is_positive, rules.offered_reviews)
