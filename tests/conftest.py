"""Fixtures for every test: real engines once a run, a cloned database and an index prefix for each test."""
