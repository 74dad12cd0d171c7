"""Under whose name PostgreSQL runs: it refuses to run as root, so for root it runs as nobody.

That nobody may read what root may read (and write nothing of root's), so the state folder stays root's
alone, wherever it is; only the part with PostgreSQL's data belongs to nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline import config
from pipeline.errors import RootRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user that PostgreSQL runs as, and the command in front of its programs that makes it so."""

    prefix: tuple[str, ...] = ()
    uid: int
    gid: int

    @classmethod
    def choose(cls) -> Self:
        """This user, or nobody in place of root.

        Raises:
            RootRefused: we are root, and the system can't do that.

        """
        if not config.IS_ROOT:
            return cls(uid=os.geteuid(), gid=os.getegid())
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise RootRefused(problem="the command setpriv of util-linux is missing")
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError as error:
            raise RootRefused(problem="there is no user named nobody") from error
        read = "dac_read_search"
        return cls(
            prefix=(
                setpriv,
                f"--reuid={nobody.pw_uid}",
                f"--regid={nobody.pw_gid}",
                "--clear-groups",
                f"--inh-caps=+{read}",
                f"--ambient-caps=+{read}",
                f"--bounding-set=-all,+{read}",
            ),
            uid=nobody.pw_uid,
            gid=nobody.pw_gid,
        )

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.prefix:
            os.chown(path, self.uid, self.gid)

    @staticmethod
    def refusal(output: str) -> str | None:
        """What setpriv said against it, if that is why a program did not start."""
        for line in output.splitlines():
            if line.startswith("setpriv: "):
                return f"{line}; the capability to read all files is needed"
        return None
