"""presswatch: collects, cleans, compares, searches and alerts on the articles of news outlets."""

import os

# Entities are recognised in one process a core: without this each would use all cores, for twice the CPU time.
# The libraries read it when they are loaded, so it is set before any of them can be.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
