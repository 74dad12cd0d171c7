"""Where an article comes from: agencies in datelines, at the end and in credits, notices, canonical URLs elsewhere."""

# Letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract import agencies, notices, signatures
from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource
from tests.sentences import TEXT

HEADLINE = "The crossing opens after three years"


def page(text: str, *, url: str = "https://harbourpost.example.com/news/crossing-opens", head: str = "") -> Extraction:
    html = (
        f"<html><head><title>{HEADLINE} | Harbour Post</title>{head}</head><body><article><h1>{HEADLINE}</h1>{text}</article></body></html>"
    )
    return extract(PageSource(url=url, html=html, fetched_at=datetime(2025, 1, 20, tzinfo=UTC), outlet_name="Harbour Post"))


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        ("New Delhi [India], January 14 (ANI): The ministers met.", "ANI"),
        ("KYIV. Jan 14 (Interfax-Ukraine) – The ministers met.", "Interfax-Ukraine"),
        ("Bern (sda) Die Minister trafen sich.", "Keystone-SDA"),
        ("Praha (ČTK) - Ministři se sešli.", "ČTK"),
        ("ZAGREB, 14. siječnja (Hina) - Ministri su se sastali.", "Hina"),
        ("ROMA (ITALPRESS) - I ministri si sono incontrati.", "Italpress"),
        ("МОСКВА, 14 янв — РИА Новости. Министры встретились.", "RIA Novosti"),
        ("Москва. 14 января. ИНТЕРФАКС - Министры встретились.", "Interfax"),
        ("14 января, Минск /Корр. БЕЛТА/. Министры встретились.", "BELTA"),
        ("新华社北京1月14日电 部长们星期二开会。", "Xinhua"),
        ("（中央社台北14日電）部長們星期二開會。", "CNA"),
        ("【ロンドン共同】閣僚は会談した。", "Kyodo"),
        ("【AFP＝時事】閣僚は会談した。", "AFP"),
        ("[東京　１４日　ロイター] - 閣僚は会談した。", "Reuters"),
        ("(서울=연합뉴스) 김철수 기자 = 장관들이 만났다.", "Yonhap"),
        ("القاهرة - رويترز: التقى الوزراء.", "Reuters"),
        ("باريس (أ ف ب) – التقى الوزراء.", "AFP"),
        ("The ministers met.\n\n(Reporting by Jane Roe in Paris; Editing by John Doe)", "Reuters"),
        ("The ministers met.\n\n– AFP", "AFP"),
        ("Die Minister trafen sich. (dpa/mho)", "dpa"),
        ("閣僚は会談した。（共同）", "Kyodo"),
        ("The European Parliament (EP) has voted for it.", None),
        ("Artificial general intelligence (AGI) – a machine that thinks – is far off.", None),
        ("Nobody spoke for the members of the European Parliament (EP).", None),
        ("The minister told AFP on Tuesday: it is over.", None),
        ("The document was seen by Reuters.", None),
        ("According to TASS, the ministers met.", None),
    ],
)
def test_signatures(body: str, agency: str | None) -> None:
    assert signatures.agency_in_text(body) == agency


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("Zdroj: ČTK", "ČTK"),
        ("Lähde: STT", "STT"),
        ("Izvor: Tanjug", "Tanjug"),
        ("Πηγή: ΑΠΕ-ΜΠΕ", "AMNA"),
        ("출처: 연합뉴스", "Yonhap"),
        ("מקור: רויטרס", "Reuters"),
        ("Redazione ANSA", "ANSA"),
        ("Agencia Boliviana de Información", "Agencia Boliviana de Información"),
        ("Reuters Staff", "Reuters"),
        ("Jane Roe", None),
        ("المصدر : وكالات", None),
    ],
)
def test_credits(credit: str, agency: str | None) -> None:
    assert agencies.agency_of(credit) == agency


@pytest.mark.parametrize("name", ["Lusa", "Hina", "ELTA", "Укрінформ", "رويترز", "ANP"])
def test_an_agency_is_a_credit_and_no_author(name: str) -> None:
    found = page(f'<div class="author">{name}</div>{TEXT}')
    assert found.authors == ()
    assert found.syndicated_from is not None


@pytest.mark.parametrize(
    ("notice", "name"),
    [
        ("First published in the Coast Review, Vol. 12.", "Coast Review"),
        ("This article was originally published in Spanish by El Norte.", "El Norte"),
        ("This article was originally published by 360info under Creative Commons.", "360info"),
        ("This article originally appeared on Northern Echo: Why bridges fall", "Northern Echo"),
        ("Dieser Artikel erschien zuerst in der „Küstenzeitung“.", "Küstenzeitung"),
        ("Artículo publicado originalmente en Riberas el 12 de enero de 2025.", "Riberas"),
        ("Este texto foi originalmente publicado no The Conversation e republicado sob licença Creative Commons.", "The Conversation"),
        ("本文转载自《南方周刊》。", "南方周刊"),
        ("This report by The Canadian Press was first published Jan. 14, 2025.", "The Canadian Press"),
        ("©2025 Valley Times. Visit at valleytimes.example. Distributed by Tribune Content Agency, LLC.", "Valley Times"),
        ("This article was first published on January 12 and has been updated.", None),
        ("First published 3 days ago", None),
    ],
)
def test_notices_of_many_forms(notice: str, name: str | None) -> None:
    assert notices.notice_in(notice) == name


def test_a_notices_link_is_the_article_and_not_the_front_page() -> None:
    found = page(
        f'{TEXT}<p>This article is republished from <a href="https://review.example.net">Valley Review</a> under a licence.'
        ' Read the <a href="https://review.example.net/bridge-1">original article</a>.</p>'
    )
    assert found.syndicated_from is not None
    assert found.syndicated_from.url == "https://review.example.net/bridge-1"


@pytest.mark.parametrize(
    ("imprint", "name"),
    [
        ("© dpa-infocom, dpa:250114-930-123/1", "dpa"),
        (
            "Copyright 2025 The Associated Press. All rights reserved. This material may not be published, broadcast or rewritten.",
            "Associated Press",
        ),
        ("© 2025 Harbour Post. Picture: dpa", None),
    ],
)
def test_imprints(imprint: str, name: str | None) -> None:
    found = page(f"{TEXT}<p>{imprint}</p>").syndicated_from
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("canonical", "name"),
    [
        ("https://valleyreview.com/essays/crossing-opens", "valleyreview.com"),
        ("http://localhost:3000/news/crossing-opens", None),
        ("https://cms.internal/news/crossing-opens", None),
        ("https://harbourpost-prod.hosting.com/news/crossing-opens", None),
    ],
)
def test_a_canonical_url_elsewhere(canonical: str, name: str | None) -> None:
    found = page(TEXT, head=f'<link rel="canonical" href="{canonical}">')
    assert (found.syndicated_from.name if found.syndicated_from else None) == name
