"""The pages in a real Chromium: by keyboard, on a phone, in the dark, without anything that the policy refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pipeline.models import Endpoints
from tests import web_newsroom
from tests.web_newsroom import Newsroom

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parents[2] / "artifacts" / "screenshots"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
SIZES = {
    "light": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"},
    # A window of 1,280 pixels at a zoom of 400 %.
    "zoomed": {"viewport": {"width": 320, "height": 256}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "is_mobile": True, "has_touch": True},
}
# What no person could read: the contrast of text against what is behind it, by WCAG's formula, for text that shows.
LOW_CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const parse = colour => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
      known.set(colour, canvas.getImageData(0, 0, 1, 1).data);
    }
    return known.get(colour);
  };
  const light = rgb => {
    const [r, g, b] = [0, 1, 2].map(n => rgb[n] / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('.hidden, svg, .skip')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.add(`${element.tagName}.${element.className}: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return [...found];
}"""
# What has to be scrolled sideways, and can't be without a pointer.
UNREACHABLE = """() => [...document.querySelectorAll('.scroll')]
  .filter(box => box.scrollWidth > box.clientWidth && box.tabIndex < 0 && !box.querySelector('a, button'))
  .map(box => box.textContent.trim().slice(0, 40))"""
# What a screen reader would stumble over.
UNNAMED = """() => {
  const problems = [];
  const named = element => element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.textContent.trim();
  for (const control of document.querySelectorAll('input, select')) {
    if (!control.labels.length) problems.push(`no label: ${control.outerHTML.slice(0, 80)}`);
  }
  for (const element of document.querySelectorAll('a[href], button, summary')) {
    if (!named(element)) problems.push(`no name: ${element.outerHTML.slice(0, 80)}`);
  }
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption) problems.push('a table without a caption');
  }
  for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) problems.push('an image without alt');
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(heading => Number(heading.tagName[1]));
  if (levels.filter(level => level === 1).length !== 1 || levels[0] !== 1) problems.push(`headings begin ${levels.slice(0, 3)}`);
  levels.forEach((level, n) => { if (n && level > levels[n - 1] + 1) problems.push(`heading ${n} jumps to ${level}`); });
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  if (new Set(ids).size !== ids.length) problems.push('an id twice');
  for (const needed of ['main', 'header', 'nav', 'footer']) {
    if (document.querySelectorAll(needed).length < 1) problems.push(`no ${needed}`);
  }
  if (!document.documentElement.lang || !document.title) problems.push('no language or no title');
  return problems;
}"""


@pytest.fixture(scope="module")
def newsroom(engines: Endpoints, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with web_newsroom.opened(engines, template, tmp_path_factory.mktemp("browser"), name="browser") as opened:
        yield opened


@pytest.fixture(scope="module")
def url(newsroom: Newsroom) -> Iterator[str]:
    with web_newsroom.serving(newsroom.settings) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing: install it with `apt-get install chromium`"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said on its console: errors, and what the content security policy refused."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield watched(context, complaints)
    context.close()


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.mark.parametrize("size", SIZES)
def test_every_page_can_be_read(browser: Browser, url: str, newsroom: Newsroom, complaints: list[str], size: str) -> None:
    paths = {
        "start": "/",
        "search": "/?q=grain",
        "filtered": "/?q=grain+outlet%3A%22City+Desk%22",
        "nothing-found": "/?q=zzzz+outlet%3A%22City+Desk%22",
        "address": "/?q=https://quiet.example/3",
        "article": f"/articles/{newsroom.strike}",
        "hostile-article": f"/articles/{newsroom.hostile}",
        "changes": f"/articles/{newsroom.strike}/changes?new=2",
        "story": f"/stories/{newsroom.story}",
        "alerts": "/alerts",
        "alert": "/alerts/grain%2Fports",
        "outlets": "/outlets",
        "status": "/status",
    }
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**SIZES[size])  # type: ignore[arg-type]
    page = watched(context, complaints)
    for name, path in paths.items():
        answer = page.goto(url + path)
        assert answer is not None
        assert answer.ok, name
        if size != "zoomed":
            page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png", full_page=name != "search")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than the window"
        assert page.evaluate(UNREACHABLE) == [], name
        if size in ("light", "dark"):  # the others have the same colours and elements
            assert page.evaluate(LOW_CONTRAST) == [], name
            assert page.evaluate(UNNAMED) == [], name
    context.close()
    assert complaints == []


def test_by_keyboard_from_the_box_to_the_first_hit(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    box = page.get_by_role("searchbox", name="Search the articles")
    for _ in range(10):
        page.keyboard.press("Tab")
        if box.evaluate("element => element === document.activeElement"):
            break
    expect(box).to_be_focused()
    page.keyboard.type("dock*")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("4 articles in 1 story")
    # The answer came without a reload, and can be shared, gone back from, and loaded.
    assert page.url.endswith("q=dock*&sort=date&group=story") or page.url.endswith("q=dock%2A&sort=date&group=story")
    expect(box).to_be_focused()
    hit = page.get_by_role("heading", level=3).get_by_role("link").first
    for _ in range(30):
        page.keyboard.press("Tab")
        if hit.evaluate("element => element === document.activeElement"):
            break
    expect(hit).to_be_focused()
    assert hit.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    title = hit.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("4 articles")
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("the newest first")
    assert complaints == []


def test_settings_and_wrong_queries_without_a_reload(page: Page, url: str) -> None:
    page.goto(f"{url}/?q=dock*")
    page.evaluate("window.stayed = true; window.count = document.getElementById('count')")
    page.get_by_label("Show").select_option("none")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\s*4 articles\s*$"))
    expect(page.locator(".hits > li")).to_have_count(4)
    page.get_by_role("searchbox").fill("dock AND (")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("The query is wrong at character 10")).to_be_visible()
    # A screen reader hears of a change within what it knows, not of an element that replaces another.
    expect(page.get_by_role("status")).to_contain_text("wrong at character 10")
    assert page.evaluate("window.count.isConnected")
    expect(page.get_by_role("searchbox")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("searchbox").fill("dock*")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("searchbox")).to_have_attribute("aria-invalid", "false")
    expect(page).to_have_title("dock* · presswatch")
    assert page.evaluate("window.stayed")


def test_a_server_that_is_away_is_told_of(page: Page, url: str) -> None:
    page.goto(f"{url}/?q=dock*")
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    expect(page.locator(".hits > li")).to_have_count(1)
    page.unroute("**/*")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_be_empty()


def test_an_engine_that_is_away_is_told_of_in_place(page: Page, newsroom: Newsroom) -> None:
    away = newsroom.settings.model_copy(update={"elasticsearch_url": "http://127.0.0.1:9"})
    with web_newsroom.serving(away) as address:
        # The form is that of a page which came while the engine ran.
        page.goto(f"{address}/?q=dock+AND+%28")
        page.get_by_role("searchbox").fill("dock*")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("status")).to_contain_text("can't be reached", timeout=20_000)
        expect(page.get_by_role("main").get_by_text("The page works again as soon as the engines run")).to_be_visible()
        expect(page.get_by_role("searchbox")).to_have_value("dock*")


def test_a_facet_edits_the_query_and_its_chip_takes_it_away(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(f"{url}/?q=dock*&group=none")
    page.get_by_role("complementary", name="Narrow down").get_by_role("link", name="City Desk").click()
    expect(page.get_by_role("searchbox")).to_have_value('dock* outlet:"City Desk"')
    expect(page.get_by_role("status")).to_contain_text("1 article")
    page.get_by_role("link", name="remove this filter").click()
    expect(page.get_by_role("searchbox")).to_have_value("dock*")
    assert complaints == []


def test_without_scripts_everything_works(browser: Browser, url: str, newsroom: Newsroom) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("searchbox").fill("dock*")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("4 articles in 1 story")
    page.goto(f"{url}/articles/{newsroom.strike}")
    page.get_by_role("link", name="1 to 2").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    context.close()


def test_the_chart_draws_the_day_that_is_not_over_otherwise(page: Page, url: str) -> None:
    page.goto(f"{url}/?q=grain")
    bars = page.locator("figure > svg rect.bar")
    fills = [bar.evaluate("element => getComputedStyle(element).fill") for bar in (bars.nth(0), bars.last)]
    assert fills[0].startswith("rgb")
    assert "so-far" in fills[1]
    page.get_by_text("The chart as a table").click()
    expect(page.get_by_role("table", name="Articles a day (UTC)").get_by_role("row").nth(1)).to_contain_text("so far")


def test_a_change_is_shown_in_place(page: Page, url: str, newsroom: Newsroom, complaints: list[str]) -> None:
    page.goto(f"{url}/articles/{newsroom.strike}")
    page.evaluate("window.difference = document.querySelector('#difference'); window.difference.textContent = ''")
    page.get_by_role("link", name="1 to 2").click()
    expect(page.get_by_role("heading", name="From version 1 to version 2")).to_be_visible()
    assert page.evaluate("window.difference.isConnected")
    assert page.url.endswith(f"/articles/{newsroom.strike}")
    assert complaints == []


def test_what_a_page_wrote_does_not_run(page: Page, url: str, newsroom: Newsroom) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto(f"{url}/articles/{newsroom.hostile}")
    page.goto(f"{url}/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    page.goto(f"{url}/?q=title:headline")
    expect(page.get_by_role("heading", level=3).first).to_contain_text("<script>")
    assert asked == []


def test_where_the_readers_own_colours_rule_the_place_is_still_told(browser: Browser, url: str) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(url)
    line = "element => getComputedStyle(element).borderBottomColor"
    here, elsewhere = (page.get_by_role("link", name=name, exact=True) for name in ("Search", "Outlets"))
    assert here.evaluate(line) != elsewhere.evaluate(line)
    assert page.get_by_role("button", name="Search").evaluate("element => getComputedStyle(element).borderStyle") == "solid"
    context.close()
