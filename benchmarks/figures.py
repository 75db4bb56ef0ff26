"""What was measured, and the medians and ratios of it."""

from collections import defaultdict
from statistics import median

from benchmarks.cases import Contender, Import
from benchmarks.running import Measured


class Figures:
    """All measurements of a run, round by round."""

    def __init__(self) -> None:
        self._all: defaultdict[tuple[str, str], list[Measured]] = defaultdict(list)

    def add(self, case: str, who: Contender | Import, measured: Measured) -> None:
        """Take one more."""
        self._all[case, who.name].append(measured)

    def values(self, case: str, who: Contender | Import) -> list[float]:
        """Its measurements, one a round."""
        return [one.value for one in self._all[case, who.name]]

    def value(self, case: str, who: Contender | Import) -> float:
        """The median."""
        return median(self.values(case, who))

    def failures(self, case: str, who: Contender) -> int:
        """The most answers that failed in a round."""
        return max(one.failures for one in self._all[case, who.name])

    def ratio(self, case: str, who: Contender | Import, to: Contender | Import) -> float:
        """The median of each round's ratio: what slows a round slows both."""
        pairs = zip(self.values(case, who), self.values(case, to), strict=True)
        return median(one / other for one, other in pairs)

    def over_floor(self, case: str, who: Contender, floor: Contender, client: Contender) -> float:
        """What a framework's class costs beyond its floor, by what the client alone costs."""
        whole, least, alone = (self.values(case, one) for one in (who, floor, client))
        return median((w - f) / a for w, f, a in zip(whole, least, alone, strict=True))
