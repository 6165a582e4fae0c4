"""What is behind scores in words: what is lacking, what changed, and by how much."""

from math import exp

from flask_babel import gettext as _
from flask_babel import ngettext

from widget.domain.scales import Kind
from widget.domain.scores.comparisons import Comparison
from widget.domain.themes.areas import Area
from widget.domain.themes.changes import Change
from widget.domain.themes.enough import Lack
from widget.domain.themes.terms import Term
from widget.web.console.access import blueprint
from widget.web.console.score_words import count_words, written, written_signed

# A ratio beyond this is told as more than it: nobody can tell 300 from 3,000 by ten comments.
_MOST_TIMES = 100.0
_MOST_DECIMALS = 4


@blueprint.app_template_filter("lack_words")
def lack_words(lack: Lack, is_nps: bool = False) -> str:
    """A sentence that says what is lacking, with the numbers."""
    have, need = count_words(lack.have), count_words(lack.need)
    if lack.name == "language_without_words":
        return str(
            _("This language puts no space between its words, so terms cannot be told apart.")
        )
    if lack.name == "too_few_comments":
        return _too_few(
            ngettext(
                "There is %(have)s comment", "There are %(have)s comments", lack.have, have=have
            ),
            need,
        )
    if lack.name == "one_sided":
        who = side_name(lack.side or "positive", is_nps)
        return str(
            _(
                "Of %(who)s there are %(have)s comments; at least %(need)s are needed to say what "
                "sets the two sides apart.",
                who=who,
                have=have,
                need=need,
            )
        )
    if lack.name == "one_score":
        return str(_("All who were asked count the same points, so no area can cost any."))
    sentences = {
        "too_few_before": _(
            "In the days before there were %(have)s; at least %(need)s are needed to tell a "
            "change.",
            have=have,
            need=need,
        ),
        "too_few_answers": ngettext(
            "%(have)s customer was asked; at least %(need)s are needed to say anything.",
            "%(have)s customers were asked; at least %(need)s are needed to say anything.",
            lack.have,
            have=have,
            need=need,
        ),
        "too_few_ticked": _(
            "too few ticked it to tell: %(have)s of at least %(need)s", have=have, need=need
        ),
        "too_few_unticked": _(
            "too few did not tick it to tell: %(have)s of at least %(need)s", have=have, need=need
        ),
    }
    return str(sentences[lack.name])


def _too_few(there_are: str, need: str) -> str:
    return str(
        _(
            "%(there_are)s; at least %(need)s are needed to say what sets the two sides apart.",
            there_are=there_are,
            need=need,
        )
    )


@blueprint.app_template_filter("side_name")
def side_name(side: str, is_nps: bool) -> str:
    """Who is on a side, within a sentence."""
    if is_nps:
        return str(_("promoters") if side == "positive" else _("detractors"))
    return str(_("satisfied customers") if side == "positive" else _("dissatisfied customers"))


@blueprint.app_template_filter("share_words")
def share_words(share: float) -> str:
    """A share from 0 to 1 in per cent: whole ones, below ten with a digit."""
    percent = 100 * share
    return str(_("%(number)s %%", number=written(percent, 1 if 0 < percent < 9.95 else 0)))


@blueprint.app_template_filter("odds_words")
def odds_words(term: Term) -> tuple[str, str]:
    """How many times the odds of a term's side are the other side's, and the interval's ends."""
    odds = term.log_odds
    ends = (odds.value, odds.low, odds.high)
    if term.side == "negative":
        ends = (-odds.value, -odds.high, -odds.low)
    value, low, high = (_times(exp(one)) for one in ends)
    return value, str(_("%(low)s to %(high)s", low=low, high=high))


def _times(ratio: float) -> str:
    if ratio > _MOST_TIMES:
        return f"> {written(_MOST_TIMES, 0)}"
    # “1.0” would say that a term may be as frequent on the other side.
    fewest = 1 if ratio < 9.95 else 0
    telling = (enough for enough in range(fewest, _MOST_DECIMALS) if round(ratio, enough) != 1)
    return written(ratio, next(telling, _MOST_DECIMALS))


@blueprint.app_template_filter("direction_words")
def direction_words(change: Change) -> str:
    """What became of a share since the days before."""
    words = {
        "new": _("new"),
        "more": _("more often"),
        "less": _("less often"),
        "gone": _("gone"),
        "unclear": _("may be chance"),
    }
    return str(words[change.direction])


@blueprint.app_template_filter("points_words")
def points_words(value: float | None, kind: Kind) -> str:
    """Points of a scale with their sign; "–" where nothing is known."""
    return "–" if value is None else written_signed(value, 1 if kind == "nps" else 2)


@blueprint.app_template_filter("points_interval")
def points_interval(change: Comparison, kind: Kind) -> str:
    """The ends of a difference in points."""
    low, high = points_words(change.low, kind), points_words(change.high, kind)
    return str(_("%(low)s to %(high)s", low=low, high=high))


@blueprint.app_template_filter("area_effect")
def area_effect(area: Area) -> float | None:
    """What an area does to the mean, in points: below 0 what it costs. None where it is unknown."""
    return None if area.cost is None else -area.cost
