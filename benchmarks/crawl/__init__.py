"""Collecting, measured: how fast, what survives kills, what becomes of faulty outlets, how much is missed."""
