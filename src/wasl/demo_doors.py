"""The short addresses of the demo, and what stands there on a server that runs without it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from wasl.infra.errors import NotFound
from wasl.infra.web import Problem

_SHORT = {"/shop": "/demo/shop", "/demo": "/demo/other-side", "/demo/": "/demo/other-side"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_COMMAND = "wasl demo"
_WORDS = {
    "en": (
        "There is no demo here",
        "The shop and its contacts belong to the demo, and this server runs without it.",
        "To try things out, start the demo on your own computer and open the address it prints:",
        "To the desk",
    ),
    "fa": (
        "اینجا نسخهٔ نمایشی نیست",
        "فروشگاه و مخاطبانش بخشی از نسخهٔ نمایشی‌اند و این سرور بدون آن کار می‌کند.",
        "برای آزمودن، آن را روی رایانهٔ خود راه بیندازید و نشانی‌ای را که می‌نویسد باز کنید:",
        "رفتن به میز کار",
    ),
    "ar": (
        "لا عرض تجريبيًا هنا",
        "المتجر وجهات اتصاله جزء من العرض التجريبي، وهذا الخادم يعمل من دونه.",
        "للتجربة، شغّل العرض التجريبي على حاسوبك وافتح العنوان الذي يطبعه:",
        "إلى المكتب",
    ),
}


def demo_doors(*, demo: bool) -> list[Route]:
    """Routes of the addresses that people try: to the demo's pages where it runs, else to a page
    that says what to do. Programs that ask for JSON are told `demo_not_here`."""
    if demo:
        return [Route(short, _to(page)) for short, page in _SHORT.items()]
    return [Route(path, _no_demo) for path in (*_SHORT, *sorted(set(_SHORT.values())))]


def _to(page: str) -> Callable[[Request], Awaitable[Response]]:
    async def lead(request: Request) -> Response:
        return RedirectResponse(page)

    return lead


async def _no_demo(request: Request) -> Response:
    accepted = request.headers.get("accept", "")
    if "json" in accepted and "html" not in accepted:
        return Problem(NotFound("demo_not_here"))
    told = request.headers.get("accept-language", "")[:2].lower()
    languages = sorted(_WORDS, key=lambda language: language != told)
    sections = "".join(_section(language) for language in languages)
    first = languages[0]
    html = (
        f'<!doctype html><html lang="{first}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(_WORDS[first][0])}</title><style>{_STYLE}</style>"
        f"<main>{sections}</main></html>"
    )
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(html, 404, headers=headers)


def _section(language: str) -> str:
    title, why, what, desk = map(escape, _WORDS[language])
    direction = "ltr" if language == "en" else "rtl"
    return (
        f'<section lang="{language}" dir="{direction}"><h1>{title}</h1><p>{why}</p>'
        f'<p>{what}</p><p><code dir="ltr">{_COMMAND}</code></p>'
        f'<p><a href="/desk/">{desk}</a></p></section>'
    )


_STYLE = """
body{font:1rem/1.65 system-ui,sans-serif;margin:0;color:#1f2328;background:#f6f7f9}
main{max-inline-size:36rem;margin:4vh auto;padding:0 1rem;display:grid;gap:1rem}
section{background:#fff;border-radius:1rem;padding:1.25rem 1.5rem}
h1{font-size:1.2rem;margin:0}p{margin-block:.5rem 0}a{color:#0f6b5c}
code{background:#eef1f4;border-radius:.4rem;padding:.2rem .5rem}
@media(prefers-color-scheme:dark){body{background:#15181c;color:#e6e9ed}
section{background:#1e2227}a{color:#5fc9b3}code{background:#2b3037}}
"""
