"""WebSub (W3C Recommendation of 23 January 2018): hubs that feeds announce, and how a hub proves that a push is its own. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Mode = Literal["subscribe", "unsubscribe"]

PATH: Final = "/websub/"
# What is asked for, "a good default" by section 8.2 of the standard, and the longest that a hub is believed.
LEASE_S: Final = 864_000
LONGEST_LEASE_S: Final = 31_536_000
# A lease is renewed when this share of it has passed, but not more often than this.
RENEW_AT: Final = 0.75
SHORTEST_RENEWAL_S: Final = 600.0
# Section 7.1.1. SHA-1 is what most hubs use.
ALGORITHMS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Where a feed says that it can be subscribed to, and under which address; null: it does not say."""

    hub: str | None = None
    topic: str | None = None

    @classmethod
    def of_links(cls, links: Iterable[tuple[str, str | None]]) -> Announced:
        """From link relations (several may stand in one, separated by spaces) and absolute addresses; the first of each counts."""
        found: dict[str, str] = {}
        for relations, address in links:
            for relation in relations.lower().split():
                if address:
                    found.setdefault(relation, address)
        return cls(hub=found.get("hub"), topic=found.get("self"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request that a hub is to be sent."""

    id: int
    hub: str
    topic: str
    mode: Mode
    callback: str
    secret: str

    def form(self) -> dict[str, str]:
        """The fields of the request, section 5.1."""
        fields = {"hub.callback": self.callback, "hub.mode": self.mode, "hub.topic": self.topic}
        return fields | {"hub.lease_seconds": str(LEASE_S), "hub.secret": self.secret} if self.mode == "subscribe" else fields


def callback(base: str, token: str) -> str:
    """The address at which a hub reaches us for one subscription."""
    return f"{base.rstrip('/')}{PATH}{token}"


def lease_s(text: str | None) -> int:
    """The lease that a hub grants, in seconds; the one asked for if it does not say, or says what makes no sense."""
    if text and text.isascii() and text.isdecimal() and int(text[:12]) > 0:
        return min(int(text[:12]), LONGEST_LEASE_S)
    return LEASE_S


def renew_after_s(lease: float) -> float:
    """How long after its confirmation a lease is to be renewed, in seconds."""
    return max(lease * RENEW_AT, SHORTEST_RENEWAL_S)


def is_signed(header: str | None, secret: str, body: bytes) -> bool:
    """Whether a header `X-Hub-Signature: method=signature` was made with the secret from the very bytes of the body."""
    method, _, given = (header or "").strip().partition("=")
    algorithm = ALGORITHMS.get(method.strip().lower())
    if algorithm is None:
        return False
    right = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode("utf-8", "replace"))
