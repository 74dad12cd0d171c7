"""Fingerprints: MinHash signatures of word shingles, and the keys by which copies are looked up.

MinHash: A. Broder, "On the resemblance and containment of documents", 1997. Locality-sensitive bands:
J. Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from hashlib import blake2b, sha256
from operator import eq
from typing import Final

from rensa import RMinHash

from pipeline import words
from pipeline.duplicates.shingles import shingles
from pipeline.models import Fingerprint

# Changing any of these four makes stored fingerprints worthless: they must then be computed anew.
PERMUTATIONS: Final = 128
SEED: Final = 1
BANDS: Final = 42
ROWS: Final = 3
# A pair of Jaccard similarity s shares a key with probability 1 - (1 - s^3)^42: at s = .7 all but 1 in 10^7,
# at .5 (a copy cut to half) .996, at .3 .68, at .05 .005. A key is the chance meeting of three rare shingles,
# so no key grows hot as one shingle of a common phrase would. An article costs 42 index entries.

_SIGNATURE: Final = struct.Struct(f"<{PERMUTATIONS}I")
_BAND_BYTES: Final = 4 * ROWS

LEAST_JACCARD: Final = 0.15
LEAST_CONTAINMENT: Final = 0.4  # estimated from Jaccard and the lengths: .04 off is usual


def fingerprint(text: str) -> Fingerprint:
    """Reduce a text for finding its copies.

    The same text gives the same bytes in every process and on every machine.

    Args:
        text: an article's body.

    Returns:
        Its fingerprint; a text without any word has no signature and no bands, and so is never found.

    """
    tokens = words.split(text)
    digest = sha256(" ".join(tokens).encode("utf-8", "replace")).digest()
    if not tokens:
        return Fingerprint(text_sha256=digest, words=0, minhash=b"", bands=())
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles(tokens))
    signature = _SIGNATURE.pack(*sketch.digest())
    return Fingerprint(text_sha256=digest, words=len(tokens), minhash=signature, bands=_bands(signature))


def _bands(signature: bytes) -> tuple[int, ...]:
    keys = []
    for band in range(BANDS):
        rows = signature[band * _BAND_BYTES : (band + 1) * _BAND_BYTES]
        key = blake2b(rows, digest_size=8, salt=band.to_bytes(2, "little")).digest()
        keys.append(int.from_bytes(key, "little", signed=True))
    return tuple(keys)


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """The estimated Jaccard similarity of two texts' shingles, 0 to 1, with a standard error of about .04."""
    if not one.words or not other.words:
        return 0.0
    if one.text_sha256 == other.text_sha256:
        return 1.0
    agreeing: int = sum(map(eq, _SIGNATURE.unpack(one.minhash), _SIGNATURE.unpack(other.minhash)))
    return agreeing / PERMUTATIONS


def containment(one: Fingerprint, other: Fingerprint) -> float:
    """The estimated share of the shorter text that the longer one contains, 0 to 1."""
    jaccard = similarity(one, other)
    if not jaccard:
        return 0.0
    shared = jaccard / (1 + jaccard) * (one.words + other.words)
    return min(1.0, shared / min(one.words, other.words))


def likely(fingerprint: Fingerprint, others: Mapping[int, Fingerprint], most: int = 5) -> list[int]:
    """Choose the candidates that are worth a comparison of texts.

    Args:
        fingerprint: of the article in question.
        others: fingerprints by article id, as the look-up by bands and `text_sha256` found them.
        most: how many to return.

    Returns:
        Ids: exact copies first, then by estimated containment and similarity, then the smaller id.

    """
    ranked = []
    for article_id, other in others.items():
        jaccard = similarity(fingerprint, other)
        contained = containment(fingerprint, other)
        if jaccard >= LEAST_JACCARD or contained >= LEAST_CONTAINMENT:
            exact = other.text_sha256 == fingerprint.text_sha256
            # Rounded, so that the oldest of several like candidates is the first.
            ranked.append((not exact, -round(contained, 1), -round(jaccard, 1), article_id))
    return [article_id for *_, article_id in sorted(ranked)[:most]]
