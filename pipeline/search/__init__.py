"""Searches over the index: hits with highlights, facets and a timeline; ids of any number; matching for alerts."""

from pipeline.search.pairs import Matches, matching
from pipeline.search.results import Facet, Group, Hit, SearchResult, Sort
from pipeline.search.scanning import scan
from pipeline.search.searching import search

__all__ = ["Facet", "Group", "Hit", "Matches", "SearchResult", "Sort", "matching", "scan", "search"]
