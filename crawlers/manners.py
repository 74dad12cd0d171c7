"""How hosts behave in a run, and what follows for the pauses between fetches and for leaving one alone. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Final

from crawlers.outcomes import Failure

# So many failures in a row, and a host is left alone for a while.
PATIENCE: Final = 3
# Failures that are the host's, not the page's.
DOWN: Final = frozenset({"timeout", "dns", "connection_refused", "connection_lost", "robots_unreachable"})
# A host that wants longer pauses is not waited for: the run goes on, and others may come back to it in time.
LONGEST_PAUSE_S: Final = 10.0


class Manners:
    """What is known of each host."""

    def __init__(self, *, delay_s: float) -> None:
        """Start without knowledge.

        Args:
            delay_s: between two fetches from a host that asks for nothing else.

        """
        self.delay_s = delay_s
        self._delays_s: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        self._answered: set[str] = set()

    def heard(self, host: str, *, delay_s: float = 0.0) -> float:
        """A host has answered, and its robots.txt asks for a delay; gives the pause until the next fetch."""
        self._failures.pop(host, None)
        self._answered.add(host)
        self._delays_s[host] = max(self.delay_s, delay_s)
        return self._delays_s[host]

    def is_down(self, host: str, failure: Failure) -> bool:
        """Count a failure; tells whether the host has failed so often in a row that it should be left alone."""
        if failure.reason not in DOWN and not failure.reason.startswith("http_5"):
            return False
        self._answered.discard(host)
        self._failures[host] += 1
        return self._failures[host] % PATIENCE == 0

    def pauses_s(self, hosts: frozenset[str]) -> dict[str, float]:
        """What is to pass before the next fetch from each of these hosts, whoever makes it."""
        return {host: self._delays_s.get(host, self.delay_s) for host in hosts}

    def take_answered(self) -> frozenset[str]:
        """Hosts that have answered since this was asked last."""
        answered = frozenset(self._answered)
        self._answered.clear()
        return answered
