"""The archive: WARC 1.1 segments in a folder or an object store. It knows files and records, not the database."""

from pipeline.archive.files import Archive
from pipeline.archive.segment import Segment

__all__ = ["Archive", "Segment"]
