"""What the command line's frame promises: exit codes, one sentence on stderr, nothing else on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import cli, jsonlines


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setenv("PRESSWATCH_HOME", str(home))
    monkeypatch.setattr("sys.argv", ["presswatch", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return (int(ended.value.code or 0), *capsys.readouterr())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nonsense",), "No such command 'nonsense': see `presswatch -h`."),
        (("search",), "Missing argument 'query': see `presswatch search -h`."),
        (("search", "-vucic"), "No such option: -v; a query that begins with a minus goes after `--`: see `presswatch search -h`."),
        (("status", "--nope"), "No such option: --nope: see `presswatch status -h`."),
        (
            ("search", "a", "--limit", "10001"),
            "Invalid value for '--limit': it must be less than or equal to 10000: see `presswatch search -h`.",
        ),
        (
            ("search", "a", "--sort", "size"),
            "Invalid value for '--sort': 'size' is not one of 'date', 'relevance': see `presswatch search -h`.",
        ),
        (("process", "--again", "--since", "2020"), "--since '2020' is no time: write 2025-01-31, 2025-01-31T12:00 or 7d."),
        (("process", "--again", "--since", "9999999999w"), "--since '9999999999w' is no time: write 2025-01-31, 2025-01-31T12:00 or 7d."),
        (("backfill",), "a backfill needs --since DATE, or WARC files to read."),
        (
            ("backfill", "--since", "2025-02-01", "--until", "2025-01-30"),
            "--since 2025-02-01 is not before --until 2025-01-30: nothing was published between.",
        ),
        (("trace", "nonsense/here"), "'nonsense/here' is no http or https address: give the address of a page."),
        (("outlets", "remove", "\udcff"), "'\N{REPLACEMENT CHARACTER}' is not UTF-8: type it in a terminal that writes UTF-8."),
    ],
    ids=str,
)
def test_wrong_use_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert run(monkeypatch, capsys, tmp_path, *arguments) == (2, "", f"presswatch: {sentence}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "a", "--json"), ("outlets", "list", "--json"), ("crawl",), ("backfill", "--since", "7d"), ("process",), ("export",), ("alerts", "list"), ("reindex",),
        ("trace", "https://a.example/1"), ("alerts", "show", "a", "--json"), ("outlets", "add", "a.example"),
        ("health",), ("rules", "try", "a.toml"),
    ],
    ids=str,
)  # fmt: skip
def test_what_needs_the_engines_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    told = f"presswatch: presswatch is not up: start it with `presswatch up` (looked in {tmp_path}).\n"
    assert run(monkeypatch, capsys, tmp_path, *arguments) == (1, "", told)


def test_called_without_anything_it_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, stdout, stderr = run(monkeypatch, capsys, tmp_path)
    assert (code, stderr) == (2, "")
    assert "alerts" in stdout


def test_a_file_may_have_any_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "caf\udce9.html"
    file.write_text("<h1>A page</h1>")
    code, stdout, _ = run(monkeypatch, capsys, tmp_path, "extract", str(file), "--url", "https://a.example/1")
    assert (code, '"url": "https://a.example/1"' in stdout) == (0, True)


@pytest.mark.parametrize(("target", "told"), [("/dev/full", b"presswatch: No space left on device.\n"), ("closed pipe", b"")])
def test_output_that_cannot_be_written(tmp_path: Path, target: str, told: bytes) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "status", "--json"]
    environment = {"PRESSWATCH_HOME": str(tmp_path), "PATH": ""}
    if target == "/dev/full":
        with Path(target).open("wb") as full:
            ended = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
        assert (ended.returncode, ended.stderr) == (1, told)
        return
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (told, 1)
    process.stderr.close()


def test_a_crawler_whose_caller_was_killed_ends_quietly() -> None:
    ending = "from crawlers.__main__ import print_line; print_line({'feeds': 1})"
    process = subprocess.Popen([sys.executable, "-c", ending], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)
    process.stderr.close()


def test_ctrl_c_is_quiet_at_any_time(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.cli.app.run", interrupted)
    assert run(monkeypatch, capsys, tmp_path, "status") == (130, "", "")


def test_a_json_line_has_no_other_end_of_line() -> None:
    value = {"body": "a\u2028b\u2029c\x85d\ne \N{LATIN SMALL LETTER E WITH ACUTE}"}
    line = jsonlines.line(value)
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert json.loads(line) == value
    assert "\N{LATIN SMALL LETTER E WITH ACUTE}" in line
