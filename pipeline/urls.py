"""Web addresses: their identity, their host, their site, and whether they can be fetched.

A canonical URL is identity only. What is fetched is the URL as given, because some servers
need a query that identity leaves out.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import idna
import tldextract
from w3lib.url import canonicalize_url

from pipeline import sessions

MAX_LENGTH: Final = 2_000  # characters; longer ones are traps or data, and no index holds them
# What the name service can be asked for.
HOST_NAME: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?")
LONGEST_HOST: Final = 253
LONGEST_LABEL: Final = 63
MAX_ROUNDS: Final = 50  # each round shortens the address; real ones need two

# Parameters that tell where a reader came from. Prefixes end in `_`.
TRACKING: Final = frozenset({
    "fbclid", "fb_ref", "fb_source", "fb_comment_id", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid",
    "li_fat_id", "yclid", "ysclid", "igshid", "igsh", "epik", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "__twitter_impression",
    "__tn__", "cmpid", "cmp", "cid", "icid", "ocid", "ncid", "ito", "xtor", "ftag", "smid", "smtyp", "sr_share", "sref", "soc_src",
    "soc_trk", "guccounter", "guce_referrer", "guce_referrer_sig", "ref_src", "ref_url", "referrer", "wt_mc", "wt_zmc", "mbid",
    "gad_source", "gad_campaignid", "srsltid", "wprov", "fb_action_ids", "fb_action_types", "sfnsn",
    "taid", "trk", "trkcampaign", "s_cid", "s_kwcid", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "output_type_amp",
})  # fmt: skip
TRACKING_PREFIXES: Final = ("utm_", "mtm_", "pk_", "piwik_", "itm_", "at_", "mc_", "ns_", "hsa_", "wt.", "matomo_")
# These may also choose the article: they go only with a value that names a channel.
AMBIGUOUS: Final = frozenset({"ref", "source", "src", "from", "share", "via", "partner", "feed", "rss", "campaign", "sh", "s"})
CHANNEL: Final = re.compile(
    r"rss|feed|twitter|facebook|whatsapp|telegram|instagram|linkedin|reddit|social|share|mail|newsletter|push|home|hp|app|google"
    r"|yahoo|msn|nav|menu|widget|related|recirc|top|search|mobile|bluesky|t\.co|tw|fb|yes|true|1",
    re.IGNORECASE,
)
# Other editions of a page: AMP, mobile, print.
EDITION_PARAMETERS: Final = frozenset({
    "amp", "outputtype", "output", "m", "mobile", "view", "print", "printable", "printview", "print_view", "printer_friendly",
})  # fmt: skip
EDITION_VALUES: Final = frozenset({"", "1", "true", "amp", "yes", "print", "mobile"})
EDITION_LABELS: Final = frozenset({"m", "mobile", "amp", "touch"})
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
HOME_PATH: Final = re.compile(r"^/?(?:(?:index|default|home)(?:\.\w{2,5})?/?)?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?$", re.IGNORECASE)

# Countries' domains that outlets of any country use.
WORLDWIDE: Final = frozenset({
    "ac", "ad", "ag", "ai", "am", "as", "bz", "cc", "cd", "co", "cx", "eu", "fm", "gg", "gl", "im", "io", "is", "la", "li", "ly", "me",
    "mn", "ms", "mu", "nf", "nu", "pw", "re", "sc", "sh", "sr", "st", "su", "tf", "tk", "tl", "to", "tv", "vc", "vu", "ws",
})  # fmt: skip

# The list that comes with the library: no fetch, no cache on disk. Subdomains of hosting services are sites of their own.
_suffixes: Final = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _split(url: str) -> SplitResult | None:
    """Parts of an absolute http(s) URL with a host and a sane port, else None."""
    url = url.strip()
    if url.startswith("//"):
        url = f"https:{url}"
    try:
        parts = urlsplit(url)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:  # a bracket or a port that makes no sense
        return None
    return parts if parts.scheme.lower() in DEFAULT_PORTS and parts.hostname and port_is_sane else None


@lru_cache(maxsize=4096)
def _ascii_host(name: str) -> str:
    """Lower-case host name in punycode; empty if it can't be one."""
    name = unquote(name).strip(".").lower()
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        encoded = name if name.isascii() else idna.encode(name, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return ""
    is_name = (
        HOST_NAME.fullmatch(encoded)
        and len(encoded) <= LONGEST_HOST
        and all(0 < len(label) <= LONGEST_LABEL for label in encoded.split("."))
    )
    return encoded if is_name else ""


def host(url: str) -> str:
    """Host name of a URL: lower case, punycode, without port; empty if it has none."""
    parts = _split(url)
    return _ascii_host(parts.hostname or "") if parts else ""


def is_fetchable(url: str) -> bool:
    """Whether this is an absolute http(s) URL of sane length whose host can exist."""
    return len(url) <= MAX_LENGTH and not re.search(r"[\s\x00-\x1f]", url.strip()) and bool(host(url))


@lru_cache(maxsize=4096)
def _site(name: str) -> str:
    found = _suffixes.extract_str(name)
    if found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or name
    return ".".join(name.split(".")[-2:])  # a private name: the same shape


def is_public(url: str) -> bool:
    """Whether a URL's host is a name that all the world may know: under a public suffix, no bare name and no number."""
    return bool(_suffixes.extract_str(host(url)).suffix)


def site(url: str) -> str:
    """Registrable domain of a URL (`bbc.co.uk`), or its host where there is none; empty without a host."""
    name = host(url)
    return _site(name) if name else ""


def same_site(a: str, b: str) -> bool:
    """Whether two URLs belong to one registrable domain."""
    return bool(site(a)) and site(a) == site(b)


def country(url: str) -> str | None:
    """ISO 3166-1 code of the country whose top-level domain a URL's host is under; None for one that is sold to all the world."""
    code = host(url).rsplit(".", 1)[-1]
    if len(code) != len("de") or not code.isalpha() or code in WORLDWIDE:
        return None
    return "gb" if code == "uk" else code


def is_home(url: str) -> bool:
    """Whether a URL is the front page of its host or of one of its language editions."""
    parts = _split(url)
    return parts is not None and bool(HOME_PATH.match(parts.path)) and not _kept(parts.query)


def _kept(query: str) -> list[tuple[str, str]]:
    """Parameters of a query that may choose what is shown."""
    kept = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        key = name.lower().removeprefix("amp;")
        if key in TRACKING or key.startswith(TRACKING_PREFIXES) or sessions.is_session(key, value):
            continue
        if key in AMBIGUOUS and CHANNEL.search(value) and not re.search(r"\d{3}", value):
            continue
        if _is_edition_parameter(key, value):
            continue
        kept.append((name, value))
    return kept


def _identity_host(name: str) -> str:
    """Host without `www.` and the labels of mobile and AMP editions, never past the registrable domain."""
    registrable = _site(name)
    while name != registrable and name.endswith(registrable):
        label, _, rest = name.partition(".")
        if not (label in EDITION_LABELS or re.fullmatch(r"www\d?", label)):
            break
        name = rest
    return name


def _shorter(path: str) -> str:
    """A path without doubled and trailing slashes, sessions, empty path parameters and the name of a folder's own page."""
    path = sessions.shortened(re.sub(r"/{2,}", "/", path))
    return re.sub(r"(?<=/)index\.(?:html?|php|aspx?|jsp)$", "", path.rstrip("/;") or "/")


def _plain(path: str) -> str:
    """A path without the marks of an AMP or print edition."""
    path = re.sub(r"^/amp(?=/.)", "", path)
    path = re.sub(r"\.(?:amp|print)(?=\.html?$|$)", "", path)
    return re.sub(r"(?<=.)/(?:amp(?:\.html?)?|print(?:able)?)/?$", "", path)


def is_edition(url: str) -> bool:
    """Whether an address is that of an AMP, mobile or print edition."""
    parts = _split(url)
    if parts is None:
        return False
    name = parts.hostname or ""
    labels = name.removesuffix(_site(_ascii_host(name))).split(".")
    return (
        not EDITION_LABELS.isdisjoint(labels)
        or _plain(parts.path) != parts.path
        or _unwrapped(parts) is not parts
        or any(_is_edition_parameter(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True))
    )


def _is_edition_parameter(name: str, value: str) -> bool:
    return name.lower() in EDITION_PARAMETERS and value.lower() in EDITION_VALUES


def _unwrapped(parts: SplitResult) -> SplitResult:
    """The address inside an AMP cache's or viewer's address."""
    name = parts.hostname or ""
    if name.endswith(".cdn.ampproject.org") or re.fullmatch(r"(?:www\.)?google\.[a-z.]+", name):
        inner = re.fullmatch(r"/(?:amp|[vc])/(s/)?([^/]+\.[^/]+/.*)", parts.path)
        if inner:
            return _split(f"http{'s' if inner[1] else ''}://{inner[2]}?{parts.query}") or parts
    return parts


def _normal(url: str) -> str:
    """One round of normalising; what one step uncovers, the next round sees."""
    found = _split(url)
    if found is None:
        return url.strip()
    parts = _unwrapped(found)
    name = _identity_host(_ascii_host(parts.hostname or ""))
    if not name:
        return url.strip()
    port = parts.port if parts.port != DEFAULT_PORTS[parts.scheme.lower()] else None
    # The query is decoded and encoded again, so that only one spelling of it exists.
    safe = canonicalize_url(urlunsplit(("https", "host.invalid", parts.path or "/", urlencode(_kept(parts.query)), "")))
    clean = urlsplit(safe)
    netloc = f"[{name}]" if ":" in name else name
    return urlunsplit(("https", f"{netloc}:{port}" if port else netloc, _shorter(_plain(clean.path)), clean.query, ""))


@lru_cache(maxsize=8192)
def canonical(url: str) -> str:
    """The identity of a web address; idempotent.

    `http` and `https`, `www.` and bare host, mobile, AMP, print and desktop edition, trailing slash, a folder's
    own page, default port, fragment, order of parameters, sessions and tracking parameters make no difference. What is no absolute
    http(s) URL comes back stripped, so that it stays an identity of its own.
    """
    for _ in range(MAX_ROUNDS):
        again = _normal(url)
        if again == url:
            break
        url = again
    return url
