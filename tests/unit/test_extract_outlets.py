"""Pages as kinds of outlets build them: what their layout does to text, title and byline."""

# Letters of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.extract.extraction import extract
from pipeline.models import ArticleKind, Extraction, PageSource, Precision, Timestamp
from tests.sentences import SENTENCES, TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
TITLE = "Council closes the swing bridge to lorries"
CHINESE = "市议会周二晚间决定，从三月一日起禁止卡车通过旧旋桥。工程师去年秋天在检查时发现主梁上有裂缝，市长对记者说。居民欢迎这一决定。"


def page(body: str, head: str = "", title: str = TITLE, language: str = "en") -> Extraction:
    html = f'<html lang="{language}"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return extract(PageSource(url="https://www.harbourpost.example/news/2025/swing-bridge", html=html, fetched_at=NOW))


def paragraphs(found: Extraction) -> list[str]:
    return found.body.split("\n\n")


def test_a_chinese_paragraph_that_names_its_reporters_is_text() -> None:
    body = f"<h1>市议会禁止卡车通过旧旋桥</h1><p>本报港口1月14日电（记者张三、李四）{CHINESE}</p><p>{CHINESE}二</p><p>{CHINESE}三</p><p>（记者张三）</p>"
    found = page(body, title="市议会禁止卡车通过旧旋桥", language="zh")
    assert found.authors == ("张三", "李四")
    assert [text[-2:] for text in paragraphs(found)] == ["定。", "。二", "。三"]
    assert "记者张三、李四" in paragraphs(found)[0]


def test_lines_of_date_and_source_are_no_text() -> None:
    header = "<div><span>2025</span><span>01/14</span> <span>09:30:15</span> <span>来源：新华网</span></div>"
    found = page(f"<h1>市议会禁止卡车通过旧旋桥</h1>{header}<p>{CHINESE}</p><p>{CHINESE}二</p><p>{CHINESE}三</p>", language="zh")
    assert len(paragraphs(found)) == 3
    assert "وكالات" not in page(f"<h1>{TITLE}</h1>{TEXT}<p>المصدر: وكالات</p>").body


def test_a_live_blog_keeps_its_order_and_the_headings_of_its_entries() -> None:
    entries = "".join(
        f'<article class="block"><time>1{number}.00 GMT</time><h2>Part {number} of the day</h2><p>{text}</p><div>Share on Facebook</div></article>'
        for number, text in enumerate(SENTENCES)
    )
    live = f'<main><h1>{TITLE}: live</h1><p class="intro">Our reporters are on the quay tonight.</p><div>{entries}</div></main>'
    found = page(
        live, '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "x", "datePublished": "2025-01-14"}</script>'
    )
    told = paragraphs(found)
    assert told.index("Our reporters are on the quay tonight.") < told.index(SENTENCES[0])
    for number, text in enumerate(SENTENCES[1:], 1):
        assert told[told.index(text) - 1] == f"Part {number} of the day"


def test_a_biography_goes_though_a_correction_follows() -> None:
    end = "<p><i>Jane Roe is a reporter at the Harbour Post. Follow her @janeroe.</i></p><p>Correction: an earlier version gave the wrong cost.</p>"
    found = page(f"<h1>{TITLE}</h1><p>By Jane Roe</p>{TEXT}{end}")
    assert paragraphs(found)[-1] == "Correction: an earlier version gave the wrong cost."
    assert "is a reporter" not in found.body
    # In the midst of a text the same words are text.
    assert "Jane Roe is" in page(f"<h1>{TITLE}</h1><p>By Jane Roe</p><p>{SENTENCES[0]}</p><p>Jane Roe is one of them.</p>{TEXT}").body


def test_the_name_of_the_outlet_before_a_colon() -> None:
    assert page(f"<b>{TITLE}</b>{TEXT}", title=f"Harbour Post: {TITLE}").title == TITLE
    # What the page shows above its text is as it is.
    assert page(f"<h1>Harbour Post: how it began</h1>{TEXT}", title="Harbour Post: how it began").title == "Harbour Post: how it began"


def test_a_byline_that_only_a_mark_for_scripts_names() -> None:
    byline = '<div data-component="byline-block" class="css-1"><div class="css-2"><span>Jane Roe</span><span>Environment correspondent</span></div></div>'
    found = page(f'<article><h1>{TITLE}</h1>{byline}<div data-component="text-block">{TEXT}</div></article>')
    assert found.authors == ("Jane Roe",)
    assert paragraphs(found) == list(SENTENCES)


def test_tags_that_a_page_shows_are_topics_where_it_declares_none() -> None:
    def tags(*names: str) -> str:
        return "".join(f'<li><a href="/t/{name.lower()}">{name}</a></li>' for name in names)

    shown = f'<ul class="article__tags">{tags("Bridges", "Lorries")}<li><a href="#comments">Comment</a></li></ul>'
    box = f'<aside><ul class="tags">{tags("Weather", "Sport")}</ul></aside><div class="trending-topics"><ul class="topics">{tags("Cup")}</ul></div>'
    others = "".join(f'<p class="tag-politics"><a href="/news/{n}">Another story {n}</a></p>' for n in range(3))
    assert page(f"<article><h1>{TITLE}</h1>{TEXT}{shown}</article>{box}{others}").topics == ("Bridges", "Lorries")
    declared = '<meta property="article:tag" content="Council">'
    assert page(f"<article><h1>{TITLE}</h1>{TEXT}{shown}</article>{box}", head=declared).topics == ("Council",)


def test_tags_of_many_teasers_are_no_topics() -> None:
    cards = "".join(f'<div class="card"><p>A line {n}</p><p class="tags"><a href="/t/{n}">Tag {n}</a></p></div>' for n in range(5))
    assert page(f"<article><h1>{TITLE}</h1>{TEXT}</article>{cards}").topics == ()


def test_the_label_above_the_headline_tells_the_kind_and_is_no_text() -> None:
    found = page(f'<main><div><p class="context">Press release</p><h1>{TITLE}</h1></div><div>{TEXT}</div></main>')
    assert found.kind is ArticleKind.PRESS_RELEASE
    assert paragraphs(found) == list(SENTENCES)
    menu = "".join(f'<a href="/{name}">{name}</a> ' for name in ("News", "Opinion", "Sport", "Video", "Culture", "Podcasts", "Weather"))
    for above in ("<div>Anzeige</div>", f"<div>{menu}</div>", "<p>Harbour</p>"):
        assert page(f"<main>{above}<h1>{TITLE}</h1><div>{TEXT}</div></main>").kind is ArticleKind.ARTICLE


def test_a_day_in_the_address_gets_the_time_that_the_page_shows() -> None:
    shown = '<p class="source"><span>January 14, 2025 20:30 ET</span> | Source: Harbour Corp</p>'
    html = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{shown}<div>{TEXT}</div></body></html>"

    def published(day: str) -> Timestamp | None:
        return extract(PageSource(url=f"https://wire.example/2025/01/{day}/harbour", html=html, fetched_at=NOW)).published_at

    local = published("14")
    assert local is not None
    assert (local.at.isoformat(), local.precision) == ("2025-01-14T20:30:00-05:00", Precision.MINUTE)
    other = published("13")
    assert other is not None
    assert (other.at.day, other.precision) == (13, Precision.DAY)


def test_a_name_beside_a_portrait_and_a_day_is_the_author_unless_the_text_is_about_it() -> None:
    byline = '<div class="flex"><img src="/j.jpg" alt="Photo of Jane Roe"><div><div class="font-medium">Jane Roe</div><div>Jan 14, 2025 · 4 min read</div></div></div>'
    found = page(f'<main class="mx-auto"><h1>{TITLE}</h1>{byline}<div class="prose">{TEXT}</div></main>')
    assert found.authors == ("Jane Roe",)
    assert paragraphs(found) == list(SENTENCES)
    about = "<p>Jane Roe built the bridge, and Jane Roe closed it on Tuesday, which the merchants of the town regret.</p>"
    assert page(f'<main class="mx-auto"><h1>{TITLE}</h1>{byline}<div class="prose">{about}{TEXT}</div></main>').authors == ()
