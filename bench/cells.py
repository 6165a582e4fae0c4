"""What is measured, in which order: each of our cells right beside its baseline's, in rounds."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import load, servers
from bench.load import Load
from bench.report import Cell, Pair

_RATING = load.post("/", "127.0.0.1", ["score=4"])[0]
# More than any machine stores in a second; what is left over serves the next round.
_RATINGS_PER_S = 4000


@dataclass(frozen=True)
class Plan:
    """How long to measure. `seconds` is the length of one cell."""

    seconds: float
    rounds: int
    connections: int

    def load(self, port: int, requests: Iterable[bytes]) -> Load:
        """Measure one cell."""
        return load.run(
            ("127.0.0.1", port),
            requests,
            connections=self.connections,
            seconds=self.seconds,
            warm_up=min(1.0, self.seconds / 4),
        )


class Stock:
    """First ratings to send, each once. Filled up between cells, as making one costs time."""

    def __init__(self, product: servers.Product) -> None:
        self._product = product
        self._requests: list[bytes] = []

    def fill(self, count: int) -> "Stock":
        missing = count - len(self._requests)
        if missing > 0:
            bodies = self._product.ratings(missing)
            host = f"127.0.0.1:{self._product.port}"
            self._requests += load.post(self._product.answers_path, host, bodies)
        return self

    def __iter__(self) -> "Stock":
        return self

    def __next__(self) -> bytes:
        if not self._requests:
            raise StopIteration
        return self._requests.pop()


def measure(folder: Path, workers: int, plan: Plan) -> tuple[list[Pair], str]:
    """All rounds for a number of workers, and what was found in the database afterwards."""
    with ExitStack() as stack:
        product = stack.enter_context(servers.product(folder, workers))
        empty = stack.enter_context(servers.baseline("empty", folder, workers))
        raw = stack.enter_context(servers.baseline("raw_insert", folder, workers))
        show = Pair(Cell("open a survey"), Cell("empty Flask view"), workers, bar=0.60)
        store = Pair(Cell("store a rating"), Cell("one raw sqlite3 insert"), workers, bar=0.70)
        page = load.get(product.path, f"127.0.0.1:{product.port}")
        nothing = load.get("/", "127.0.0.1")
        stock = Stock(product)
        for _ in range(plan.rounds):
            show.ours.add(plan.load(product.port, page))
            show.baseline.add(plan.load(empty.port, nothing))
            stock.fill(int(_RATINGS_PER_S * (plan.seconds + 1)))
            store.ours.add(plan.load(product.port, stock))
            store.baseline.add(plan.load(raw.port, _forever(_RATING)))
        store.ours.expect_stored(product.stored())
        store.baseline.expect_stored(raw.stored())
    note = f"{workers} worker(s): {store.ours.answered:,} ratings answered and as many stored"
    return [show, store], f"{note}; {product.check_rollups()}"


def _forever(request: bytes) -> Iterable[bytes]:
    while True:
        yield request
