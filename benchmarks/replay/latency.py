"""Pages that appear one by one: how long from a page's first appearance in its feed to the delivered alert."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.replay.place import PRESSWATCH, Place, Receiver, percentile, place, pss_bytes

GRACE_S = 180  # after the last page, for what is under way


def measure(tar: Path, *, per_minute: int, airflow: bool) -> None:
    """Release pages, let presswatch watch, and print the latencies and the highest memory."""
    receiver = Receiver()
    settings = {"delay_s": 1, "feed_interval_s": 60, "alert_window_s": 10, "web_port": 18290, "airflow_port": 18291}
    with receiver.listening(), place(tar, "--release", f"{per_minute}/min", "--now-dates", outlets="opml", **settings) as here:
        # Every page has one of these words, so that every page should be told of.
        here.presswatch(
            "alerts", "add", "bench", "a OR e OR o OR the OR de OR la OR und OR i OR na OR se", "--max-age", "none",
            "--to", f"http://127.0.0.1:{receiver.port}/",
        )  # fmt: skip
        released = here.released()
        until = max(released.values()) + GRACE_S
        memory = _with_airflow(here, until) if airflow else _without_airflow(here, until)
        arrived: dict[str, float] = {}
        messages = 0
        for received in receiver.received:
            messages += 1
            for article in received.body["articles"]:  # type: ignore[union-attr]
                arrived.setdefault(article["url"], received.at)  # type: ignore[index]
    seconds = [at - released[url] for url, at in arrived.items() if url in released]
    print(f"{'through Airflow' if airflow else 'without Airflow'}: {len(released)} pages released at {per_minute} a minute")
    print(f"  {messages} messages told of {len(arrived)} articles (the others were grouped or no articles)")
    if seconds:
        print(
            f"  feed appearance to delivered alert: p50 {percentile(seconds, 0.5):.0f} s, p95 {percentile(seconds, 0.95):.0f} s, "
            f"max {max(seconds):.0f} s (bound with Airflow: p95 under 120 s)"
        )
    print(f"  memory of all processes together (PSS), highest of samples: {memory / 1e9:.2f} GB (bound 4.5)")


def _with_airflow(here: Place, until: float) -> int:
    log = (here.home / "run.log").open("wb")
    running = subprocess.Popen([PRESSWATCH, "run"], env=here.environment, stdout=log, stderr=subprocess.STDOUT)
    highest = 0
    try:
        while time.time() < until:
            time.sleep(5)
            if running.poll() is not None:
                sys.exit(f"presswatch run ended: {(here.home / 'run.log').read_text()[-2000:]}")
            highest = max(highest, pss_bytes(here.home))
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()
        here.presswatch("up")
    return highest


def _without_airflow(here: Place, until: float) -> int:
    follower = subprocess.Popen([PRESSWATCH, "process", "--follow"], env=here.environment, stderr=subprocess.DEVNULL)
    highest = 0
    try:
        while time.time() < until:
            began = time.monotonic()
            here.presswatch("crawl", "--max-seconds", "45")
            highest = max(highest, pss_bytes(here.home))
            time.sleep(max(0.0, 10 - (time.monotonic() - began)))
    finally:
        follower.terminate()  # a shell lets what it starts in the background ignore SIGINT
        follower.wait()
    return highest
