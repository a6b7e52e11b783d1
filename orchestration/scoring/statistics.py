"""What a policy says about statistics; the room knows no policy document."""

from dataclasses import dataclass
from itertools import pairwise

Knots = tuple[tuple[float, float], ...]

# ratio to the benchmark, and the score there; ours, since no source gives a score
KNOTS: Knots = ((0.0, 100.0), (0.5, 95.0), (1.0, 80.0), (1.3, 60.0), (2.0, 40.0), (3.0, 20.0), (5.0, 0.0))


@dataclass(frozen=True)
class Statistics:
    """The parameters of a score. Every value may be set by a policy; these hold where it says nothing."""

    interval_level: float = 0.95
    fdr_q: float = 0.05
    threshold_ratio: float = 1.3  # times the benchmark (C28)
    min_orders_for_prior: int = 30  # a peer below it says little about how peers differ
    min_peers: int = 5  # with fewer, the next wider group of peers speaks
    knots: Knots = KNOTS

    def __post_init__(self) -> None:
        """Refuses what no score can be made of."""
        for name in ("interval_level", "fdr_q"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: it is a share, give one between 0 and 1")
        for name, least in (("threshold_ratio", 0), ("min_orders_for_prior", 1), ("min_peers", 2)):
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} is {getattr(self, name)}: give {least} or more")
        ratios, scores = zip(*self.knots, strict=True) if len(self.knots) > 1 else ((), ())
        if not ratios:
            raise ValueError("knots has fewer than two points: a score needs a line to be read from")
        if any(right <= left for left, right in pairwise(ratios)):
            raise ValueError(f"knots has ratios {ratios}: each must be above the one before it")
        if any(right > left for left, right in pairwise(scores)):
            raise ValueError(f"knots has scores {scores}: a worse ratio may never score higher")
