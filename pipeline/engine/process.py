"""Engines as processes: started apart from this one, recognised, measured, ended."""

from __future__ import annotations

import contextlib
import operator
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import psutil
import tenacity

from pipeline.engine.locks import Lock

LAUNCHER: Final = Path(__file__).with_name("launch.py")
# Nothing in the user's environment changes what an engine does.
ENVIRONMENT: Final = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
# The number under which an engine has its lock file open.
LOCK_FD: Final = 3


def spawn(
    command: Sequence[str],
    *,
    output: Path,
    lock: Lock,
    account: Sequence[str] = (),
    death_signal: signal.Signals | None = None,
) -> int:
    """Start a program in a session of its own, and give its pid.

    The program and its children hold `lock` until the last of them ends, however it ends.

    Args:
        command: program and arguments.
        output: the file that gets what it prints, emptied first.
        lock: held; the caller closes its own opening afterwards.
        account: a command in front that changes the user.
        death_signal: sent to the program when the calling *thread* ends.

    """
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(int(death_signal)), str(os.getpid())] if death_signal else []
    whole = [*account, *launcher, *command]
    return os.posix_spawn(
        whole[0],
        whole,
        ENVIRONMENT,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            (os.POSIX_SPAWN_DUP2, lock.fileno(), LOCK_FD),
        ],
        setsid=True,
    )


def find(pid: int, marks: Sequence[str]) -> psutil.Process | None:
    """The living process `pid`, if all `marks` are words of its command line.

    A pid outlives a killed process in files, and may be another's by now; the words are the same from the
    first command (one that changes the user, our launcher) to the program that it becomes.
    """
    try:
        process = psutil.Process(pid)
        # While the kernel puts a program in another's place, the command line is empty for a moment.
        wait_until(lambda: bool(process.cmdline()) or not alive(process), seconds=1, every=0.002)
        return process if alive(process) and set(marks) <= set(process.cmdline()) else None
    except psutil.NoSuchProcess:
        return None


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; our own dead child is buried on the way."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.is_running()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
    except psutil.NoSuchProcess:
        pass
    return False


def wait_until(check: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Ask until the answer is yes; false when the seconds are over."""
    asking = tenacity.Retrying(
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_fixed(every),
        retry=tenacity.retry_if_result(operator.not_),
    )
    try:
        return asking(check)
    except tenacity.RetryError:
        return False


def end(process: psutil.Process, steps: Sequence[tuple[signal.Signals, float]]) -> signal.Signals:
    """Send each signal and wait its seconds until the process is gone; tells which signal it took."""
    used = steps[0][0]
    for used, patience_s in steps:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(used)
        if wait_until(lambda: not alive(process), seconds=patience_s, every=0.02):
            break
    return used


def memory_bytes(process: psutil.Process) -> int:
    """Proportional set size of a process and all its children: shared pages are counted once."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for member in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += member.memory_full_info().pss
    return total
