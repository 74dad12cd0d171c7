"""What the web pages and the API show, read from the store and never written: one module a kind of page."""
