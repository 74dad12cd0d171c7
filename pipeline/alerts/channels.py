"""Where messages go: checking, naming and encrypting channel URLs, and sending by each kind.

`http://` and `https://` are webhooks, sent by `webhook`. Everything else is an apprise URL. A bare mail
address (`mailto://name@example.org`) goes through the mail server of PRESSWATCH_SMTP_URL.

A channel on a private host is refused unless PRESSWATCH_ALLOW_HOSTS names it. Mail servers are exempt:
one on the own machine or network is the rule, and it takes nothing but mail.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import socket
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import apprise
from apprise.plugins.email.base import NotifyEmail
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline import addresses
from pipeline.alerts import webhook
from pipeline.alerts.message import Message, Text, as_json, as_text
from pipeline.alerts.webhook import Outcome
from pipeline.errors import ChannelError

MOST: Final = 20
LONGEST: Final = 2000
TIMEOUT_S: Final = 30
SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")

# Its warnings carry whole URLs, and what failed is told by its results.
logging.getLogger("apprise").propagate = False


class UnreadableChannel(Exception):
    """The key is not the one that the channel was encrypted with."""


class Vault:
    """Encrypts channel URLs with a key derived from the installation's secret key."""

    def __init__(self, secret_key: bytes) -> None:
        """Derive the key."""
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"presswatch alert channels").derive(secret_key)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, url: str) -> bytes:
        """Encrypt a channel URL."""
        return self._fernet.encrypt(url.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt a channel URL.

        Raises:
            UnreadableChannel: another key was used.

        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise UnreadableChannel from error


def is_webhook(url: str) -> bool:
    """Whether a channel is a webhook rather than an apprise URL."""
    return url.lower().startswith(("http://", "https://"))


def describe(url: str) -> str:
    """A channel without its secrets: scheme and host of a webhook or mailbox, else the scheme alone."""
    scheme = SCHEME.match(url)
    if scheme is None:
        return "without a scheme"
    name = scheme[1].lower()
    try:
        parts = urlsplit(url)
        where = parts.netloc.rpartition("@")[2]
    except ValueError:
        return f"{name}://…"
    if is_webhook(url):
        return f"{name}://{where}" + ("/…" if parts.path.strip("/") or parts.query else "")
    if name in {"mailto", "mailtos"}:
        return f"{name}://{parts.username}@{where}" if parts.username and not parts.password else f"{name}://…@{where}"
    # In other schemes the host may be a token.
    return f"{name}://…"


def check(url: str, *, smtp_url: str, allow_hosts: Collection[str]) -> str:
    """Check a channel as a person gives it; the channel as it is kept.

    Args:
        url: http(s), mailto or any apprise URL.
        smtp_url: the mail server for bare addresses, an apprise mailto(s) URL; empty: there is none.
        allow_hosts: private hosts that may be notified.

    Raises:
        ChannelError: it can't be used; says why, without its secrets.

    """
    url = url.strip()
    if re.match(r"mailtos?:[^/]", url, re.IGNORECASE):
        url = url.replace(":", "://", 1)
    name = describe(url)
    if len(url) > LONGEST:
        raise ChannelError(channel=name, problem=f"it is longer than {LONGEST} characters")
    if SCHEME.match(url) is None:
        raise ChannelError(channel=name, problem="write https://… for a webhook, mailto://name@example.org for e-mail, or an apprise URL")
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ChannelError(channel=name, problem="it has a blank or a control character in it")
    if is_webhook(url):
        problem = webhook.refusal(url, allow_hosts)
        if problem is not None:
            raise ChannelError(channel=name, problem=problem)
        return url
    if _bare_address(url) is not None and not smtp_url:
        raise ChannelError(
            channel=name,
            problem="no mail server is known: set PRESSWATCH_SMTP_URL, or name one as in mailto://user:password@host?to=address",
        )
    service = _service(url, smtp_url)
    if service is None:
        raise ChannelError(channel=name, problem="apprise does not know such a URL")
    problem = _private(service, allow_hosts)
    if problem is not None:
        raise ChannelError(channel=name, problem=problem)
    return url


def body(url: str, message: Message) -> bytes:
    """The bytes to keep and to send: JSON for a webhook; title and text for apprise."""
    if is_webhook(url):
        return as_json(message)
    text = as_text(message)
    return json.dumps({"title": text.title, "body": text.body}, ensure_ascii=False).encode()


def send(url: str, content: bytes, key: str, *, smtp_url: str, allow_hosts: Collection[str], contact: str) -> Outcome:
    """Send a kept message once, and tell what happened. Takes up to about half a minute."""
    if is_webhook(url):
        return webhook.send(url, content, key, allow_hosts=allow_hosts, contact=contact)
    text = Text(**json.loads(content))
    service = _service(url, smtp_url)
    if service is None:
        return Outcome(state="retry", error="apprise does not know such a URL, or PRESSWATCH_SMTP_URL is wrong")
    problem = _private(service, allow_hosts)
    if problem is not None:
        return Outcome(state="failed", error=problem)
    sender = apprise.Apprise(asset=service.asset)
    sender.add(service)
    result = sender.notify(body=text.body, title=text.title, body_format=apprise.NotifyFormat.TEXT, timeout=TIMEOUT_S)
    if result:
        return Outcome(state="sent")
    said = [entry.message for one in result.results for entry in one.logs()]
    return Outcome(state="retry", error=said[-1] if said else f"{describe(url)} did not take the message", away=True)


def _service(url: str, smtp_url: str) -> Any:
    """The apprise service of a URL; null if there is none."""
    # No redirects: they could lead to private hosts.
    asset = apprise.AppriseAsset(
        app_id="presswatch", app_desc="presswatch", app_url="", http_redirects=False, async_mode=False, result_log_memory_size=10_000
    )
    address = _bare_address(url)
    if address is not None and smtp_url:
        parts = urlsplit(smtp_url)
        query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "to"]
        url = urlunsplit(parts._replace(path="", query=urlencode([*query, ("to", address)])))
    if url.lower().startswith("mailto") and not re.search(r"[?&]format=", url):
        url += ("&" if "?" in url else "?") + "format=text"
    return apprise.Apprise.instantiate(url, asset=asset)


def _bare_address(url: str) -> str | None:
    """The address of a mailto URL that names no server, password or option."""
    found = re.fullmatch(r"mailtos?://([^/?#@:\s]+@[^/?#@:\s]+)/?", url, re.IGNORECASE)
    return found[1] if found else None


def _private(service: Any, allow_hosts: Collection[str]) -> str | None:
    """Why a service's host must not be notified; null if it may, or if the service has a fixed host of its own."""
    if isinstance(service, NotifyEmail) or not any("{host}" in template for template in service.templates):
        return None
    host, port = service.host or "", service.port or (443 if service.secure else 80)
    if addresses.is_allowed(host, port, allow_hosts):
        return None
    literal = addresses.literal(host)
    try:
        found = [literal] if literal else webhook.resolve(host, port)
    except socket.gaierror:
        # Nothing answers to the name: sending will say so.
        found = []
    if addresses.LOCAL_NAMES.fullmatch(host) or not all(addresses.is_public(address) for address in found):
        return webhook.private(host, port)
    return None
