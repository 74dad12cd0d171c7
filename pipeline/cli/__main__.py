"""`python -m pipeline.cli`: the same as `presswatch`."""

from pipeline.cli.app import main

# Worker processes import this module too, and must not start a command.
if __name__ == "__main__":
    main()
