"""Every SQL statement of the project, one module a group of tables.

Functions take a `Connection` first and run inside the caller's transaction (`Database.transaction`),
so that a stage can write its results and the next stage's work in one.
"""
