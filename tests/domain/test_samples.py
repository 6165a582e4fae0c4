"""What a plan asks of a population."""

from widget.domain.campaigns import CampaignPlan
from widget.domain.samples import sample_size, sized


def test_everybody_is_asked_unless_a_sample_is_wanted() -> None:
    size = sample_size(CampaignPlan(response_rate=25), "nps", 1_000)
    assert (size.asked, size.answers, size.wanted) == (1_000, 250, None)
    assert sized(CampaignPlan(), "nps", {("a",): 5, ("b",): 0}) == {("a",): 5, ("b",): 0}


def test_a_sample_asks_as_many_as_its_margin_needs_at_the_expected_rate() -> None:
    size = sample_size(CampaignPlan("sample", margin=5, response_rate=50), "csat", 1_000)
    assert (size.wanted, size.asked, size.answers) == (278, 556, 278)
    assert size.margin is not None
    assert size.margin <= 5


def test_a_sample_of_a_number_says_what_margin_that_gives() -> None:
    size = sample_size(CampaignPlan("sample", "number", number=100), "nps", 100_000)
    assert (size.asked, size.answers, size.wanted) == (100, 20, None)
    assert size.margin is not None
    assert round(size.margin) == 44


def test_a_margin_that_a_population_cannot_give_asks_everybody_and_says_so() -> None:
    size = sample_size(CampaignPlan("sample", margin=5, response_rate=10), "nps", 300)
    assert size.asked == 300
    assert size.wanted == 252
    assert size.margin is not None
    assert size.margin > 5


def test_nobody_is_no_sample() -> None:
    size = sample_size(CampaignPlan("sample"), "nps", 0)
    assert (size.asked, size.answers, size.margin) == (0, 0, None)
