"""`python -m pipeline.cli`: the same as `presswatch`."""

from pipeline.cli.app import main

main()
