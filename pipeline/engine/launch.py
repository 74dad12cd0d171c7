"""Becomes another program that ends with the process that started this one: `launch.py SIGNAL PARENT COMMAND…`.

A program of its own, run without site packages: the wish to be told of the parent's death belongs to the
process that makes it, and is forgotten when the user changes, so it is made last, just before the exec.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(signal: int, parent: int, command: list[str]) -> None:
    """Ask for `signal` at the death of `parent`, and become `command`."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - there is no shell, which is the point


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
