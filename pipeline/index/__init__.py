"""The index of articles in Elasticsearch: its mapping and documents, writes, health and rebuilds.

One index `articles-<timestamp>` stands behind the alias `articles`; PostgreSQL is the truth, and the index can be
thrown away and rebuilt from it at any time.
"""

from pipeline.index.articles import Health, Index, WriteResult
from pipeline.index.connection import BUSY, explain, patiently, reaching, reason

__all__ = ["BUSY", "Health", "Index", "WriteResult", "explain", "patiently", "reaching", "reason"]
