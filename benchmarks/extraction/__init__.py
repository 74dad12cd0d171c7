"""Parts of the extraction benchmark (benchmarks/extract.py)."""
