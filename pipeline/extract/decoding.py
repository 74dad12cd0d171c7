"""From bytes to text: what is HTML at all, and in which character set."""

from __future__ import annotations

import html as entities
import re
from typing import Final

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

SAMPLE_BYTES: Final = 24_000
FIRST_BEYOND_ASCII: Final = 0x80
FEW_BROKEN: Final = 0.02  # share of characters that may be broken in a page that is otherwise what it says

MAGIC: Final = (
    b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3", b"\x00\x00\x01\x00",
    b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x7fELF", b"MZ\x90", b"wOFF", b"wOF2", b"\xd0\xcf\x11\xe0", b"{\\rtf",
)  # fmt: skip
OTHER_TYPES: Final = re.compile(
    r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|gzip|json|ld\+json|rss\+xml|atom\+xml|javascript|octet-stream|msword|vnd\.)",
    re.IGNORECASE,
)
TAG: Final = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|title|meta|div|p|article|main|section|span|table|h[1-6]|a|br|ul|center|font)\b)", re.IGNORECASE
)
WIDE_TAG: Final = re.compile(rb"<\x00[!/a-zA-Z]\x00[a-zA-Z-]\x00")
OTHER_MARKUP: Final = re.compile(r"(?:<\?xml[^>]*>)?(?:\s|<!--.*?-->)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex|svg|opml)\b", re.DOTALL)
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
CONTROL_BYTES: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r") + b"\x7f"
# References to characters that XML has no place for; the parser would keep them, and the tree's own functions refuse them.
CONTROL_REFERENCES: Final = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127|6553[45])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF]|[fF]{3}[eEfF]))(?:;|(?![0-9a-fA-F]))"
)
# Not NUL, which stands in real pages, nor the escape of the ISO 2022 character sets.
BINARY_BYTES: Final = bytes(code for code in range(0x01, 0x20) if code not in b"\t\n\v\f\r\x1b")
INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
# What pages are written in, the most frequent first.
WEB_ENCODINGS: Final = (
    "cp1252", "cp1251", "gb18030", "cp932", "euc_jp", "cp949", "big5", "cp1250", "iso8859_2", "cp1256", "cp1254", "cp1253", "cp1255",
    "koi8_r", "koi8_u", "cp1257", "cp1258", "cp874", "iso8859_5", "iso8859_7", "mac_roman", "mac_cyrillic",
)  # fmt: skip
# Latin-1 is what servers say when nobody told them.
SERVER_DEFAULTS: Final = frozenset({"cp1252", "iso8859-1", "latin_1"})


def clean(text: str) -> str:
    """Without control characters; lone surrogates become the replacement character."""
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", text))


def encoded(text: str) -> bytes:
    """A whole page as clean UTF-8 for the parser; on bytes this takes a tenth of the time."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = SURROGATES.sub("\ufffd", text).encode()
    data = data.replace(b"\f", b" ").translate(None, CONTROL_BYTES)
    if "\ufffe" in text or "\uffff" in text:
        data = data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    return CONTROL_REFERENCES.sub(b"", data)


def line(text: object) -> str:
    """One line of text from markup or metadata: entities resolved twice, white space single, clean."""
    if not isinstance(text, str):
        return ""
    if "&" in text:
        text = entities.unescape(entities.unescape(text))
    single = " ".join(text.split())
    if single.isprintable():  # nearly all are; soft hyphens, zero-width spaces, controls and surrogates are not
        return single
    return " ".join(clean(INVISIBLE.sub("", single)).split())


def mended(text: str) -> str:
    """A text whose UTF-8 was once read as Windows-1252 (`MÃ¼nchen`), as it was; any other unchanged, for it can't be read so."""
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


def _strict(body: bytes, encoding: str | None) -> str | None:
    if not encoding:
        return None
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _wide(body: bytes) -> str | None:
    """UTF-16 that nobody declared, by its first tag; the text around it may be of any script."""
    tag = WIDE_TAG.search(body[:4_096])
    return None if tag is None else "utf-16-be" if tag.start() % 2 else "utf-16-le"


def _detected(body: bytes) -> str | None:
    """Text by the statistics of its words, markup left out."""
    plain = re.sub(rb"<script.*?</script>|<style.*?</style>|<[^>]*>|\s+", b" ", body, flags=re.DOTALL | re.IGNORECASE)
    matches = from_bytes(plain[:SAMPLE_BYTES], cp_isolation=list(WEB_ENCODINGS), enable_fallback=False)
    # The library ranks by disorder alone, which hardly tells neighbours apart: the words of a language do.
    best = max(matches, key=lambda match: (round(match.coherence - match.chaos, 2), -WEB_ENCODINGS.index(match.encoding)), default=None)
    return to_unicode(body, best.encoding) if best else None


def _declared(body: bytes, content_type: str) -> list[str]:
    """Character sets that header and page declare, the one to believe first."""
    header, meta = http_content_type_encoding(content_type), html_body_declared_encoding(body[:8_192])
    order = (meta, header) if header in SERVER_DEFAULTS and meta else (header, meta)
    return [encoding for encoding in order if encoding]


def _nearly(body: bytes, declared: list[str]) -> str | None:
    """Text in a declared character set with a few broken characters."""
    sample = body[:SAMPLE_BYTES]
    few = FEW_BROKEN * max(sum(byte >= FIRST_BEYOND_ASCII for byte in sample), 100)
    for encoding in sorted(declared, key=lambda encoding: encoding != "utf-8"):
        if to_unicode(sample, encoding).count("\ufffd") <= few:
            return to_unicode(body, encoding)
    return None


def _mostly_utf8(body: bytes) -> str | None:
    """UTF-8 that nobody declared, cut off or with a few broken characters."""
    sample = body[:SAMPLE_BYTES]
    beyond = sum(byte >= FIRST_BEYOND_ASCII for byte in sample)
    return to_unicode(body, "utf-8") if beyond and to_unicode(sample, "utf-8").count("\ufffd") <= FEW_BROKEN * beyond else None


def decode(body: bytes, content_type: str) -> str:
    """Text of a page's bytes.

    Valid UTF-8 is UTF-8 whatever is declared, for no other text looks like it by chance. Else a byte order mark,
    the header, the page's own declaration, in this order, where the bytes agree with them; else statistics; else
    Windows-1252, with replacement characters.
    """
    mark, bom = read_bom(body)
    if mark and bom:
        return body[len(bom) :].decode(mark, errors="replace")
    if wide := _wide(body):
        return body.decode(wide, errors="replace")
    # ISO-2022-JP and its kin are pure ASCII: with their escapes the declaration goes first.
    escapes = b"\x1b" in body and (b"\x1b$" in body or b"\x1b(" in body)
    if not escapes and (text := _strict(body, "utf-8")) is not None:
        return text
    declared = _declared(body, content_type)
    for encoding in (*declared, "utf-8") if escapes else declared:
        if (text := _strict(body, encoding)) is not None:
            return text
    text = _nearly(body, declared) or _mostly_utf8(body) or _detected(body)
    return text if text is not None else to_unicode(body, "cp1252")


def is_other_type(body: bytes | str, content_type: str) -> bool:
    """Whether header or first bytes say that this is no HTML; a header alone is not believed against markup."""
    start = body[:4_096]
    if isinstance(start, str):
        return False
    if start.startswith(MAGIC) or start[4:8] == b"ftyp":
        return True
    if OTHER_TYPES.match(content_type) and not TAG.search(start.decode("latin-1")):
        return True
    mark, _ = read_bom(start)
    if mark is not None or _wide(start):
        return False  # other scripts have control characters as the halves of their letters
    controls = len(start) - len(start.translate(None, BINARY_BYTES))
    return controls > 0.05 * len(start)


def is_html(text: str) -> bool:
    """Whether a text has HTML's tags, and is no feed or drawing."""
    return TAG.search(text) is not None and not OTHER_MARKUP.match(text[:4_096])
