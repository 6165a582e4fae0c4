"""How long customers take to answer: the median, as a few very late answers bend every mean.

Half of all customers answer sooner than the median, so of n answers the number that came sooner is
like heads of n coins, whatever the times are. Hence the interval from the k-th of the sorted times
to the k-th from the end holds the median unless fewer than k coins, or all but fewer than k, fall
heads; k is the greatest for which that happens one time in twenty at most (W. R. Thompson, 1936, On
Confidence Ranges for the Median, The Annals of Mathematical Statistics 7, 122-128).
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from math import floor, sqrt

from widget.domain.scores.estimates import CONFIDENCE, Score, Z, no_score

# Above, coins are as good as normal, and their exact numbers long.
_EXACT_UNTIL = 1_000


def median_time(times: Mapping[int, int]) -> Score:
    """The median in seconds, from seconds -> how many answers took them. None without answers.

    Times that were rounded before they were counted give a median that is rounded alike. Below six
    answers there is no interval: not even the shortest and the longest of five are 95 % sure to
    have the median between them.
    """
    seconds = sorted(time for time, count in times.items() if count)
    if not seconds:
        return no_score("order_statistics")
    until = list(accumulate(times[time] for time in seconds))
    n = until[-1]

    def at(rank: int) -> int:
        return seconds[bisect_left(until, rank)]

    value = (at((n + 1) // 2) + at(n // 2 + 1)) / 2
    rank = sure_rank(n)
    if rank == 0:
        return Score(value, None, None, n, "order_statistics")
    return Score(value, float(at(rank)), float(at(n + 1 - rank)), n, "order_statistics")


def sure_rank(n: int) -> int:
    """Which of `n` sorted times, counted from 1 and from either end, bounds the median's interval.

    0 where even the first and the last do not suffice.
    """
    if n > _EXACT_UNTIL:
        return floor((n + 1 - Z * sqrt(n)) / 2)
    # Whole numbers of 2ⁿ ways for n coins to fall; on each side half of one in twenty may miss.
    allowed = (1 - CONFIDENCE) / 2 * 2**n
    rank, with_rank_heads, ways = 0, 1, 1
    while ways <= allowed:
        rank += 1
        with_rank_heads = with_rank_heads * (n + 1 - rank) // rank
        ways += with_rank_heads
    return rank
