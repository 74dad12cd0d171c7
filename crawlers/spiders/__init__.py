"""The spiders: what is fetched, in which order, and who reads it."""
