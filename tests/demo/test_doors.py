"""The addresses that people try first, with and without the demo."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from wasl.demo_doors import demo_doors


def doors(*, demo: bool) -> httpx.AsyncClient:
    app = Starlette(routes=list(demo_doors(demo=demo)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest.mark.parametrize("path", ["/shop", "/demo", "/demo/", "/demo/shop", "/demo/other-side"])
async def test_without_the_demo_a_page_says_what_to_do(path: str) -> None:
    async with doors(demo=False) as http:
        browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        answer = await http.get(path, headers=browser | {"accept-language": "fa-IR,fa;q=0.9"})
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert '<html lang="fa">' in answer.text
        for language, words in (
            ("en", "There is no demo here"),
            ("fa", "اینجا نسخهٔ نمایشی نیست"),
            ("ar", "لا عرض تجريبيًا هنا"),
        ):
            assert f'lang="{language}"' in answer.text and words in answer.text
        assert "wasl demo" in answer.text and 'href="/desk/"' in answer.text
        plain = await http.get(path, headers={"accept": "*/*"})
        assert plain.headers["content-type"].startswith("text/html")


async def test_who_asks_for_json_is_told_in_json() -> None:
    async with doors(demo=False) as http:
        answer = await http.get("/shop", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (404, "demo_not_here")


@pytest.mark.parametrize(
    ("short", "page"),
    [("/shop", "/demo/shop"), ("/demo", "/demo/other-side"), ("/demo/", "/demo/other-side")],
)
async def test_with_the_demo_they_lead_to_its_pages(short: str, page: str) -> None:
    async with doors(demo=True) as http:
        answer = await http.get(short)
        assert (answer.status_code, answer.headers["location"]) == (307, page)
