"""Signed links that take a rating where there is no dialogue, such as by mail: a plain page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from wasl.infra.crypto import Sealer

GOOD_FOR = timedelta(days=30)
_PURPOSE = "rating"
_LARGEST_BODY = 16 * 1024
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}
_WORDS = {
    "en": {
        "title": "Your rating",
        "how": "How was our service? 1 is poor, {scale} is excellent.",
        "more": "Would you like to tell us more?",
        "send": "Send",
        "thanks": "Thank you for your rating.",
        "again": "This has been rated already. Thank you!",
        "late": "This link is no longer good.",
        "none": "Please choose a number.",
    },
    "fa": {
        "title": "امتیاز شما",
        "how": "خدمت ما چطور بود؟ ۱ یعنی بد و {scale} یعنی عالی.",
        "more": "چیز دیگری هم می‌خواهید بگویید؟",
        "send": "فرستادن",
        "thanks": "از امتیازتان ممنونیم.",
        "again": "برای این گفتگو پیش‌تر امتیاز داده شده است. ممنون!",
        "late": "این پیوند دیگر معتبر نیست.",
        "none": "لطفاً یک عدد را انتخاب کنید.",
    },
    "ar": {
        "title": "تقييمك",
        "how": "كيف كانت خدمتنا؟ ١ تعني سيئة و{scale} تعني ممتازة.",
        "more": "هل تودّ إخبارنا بالمزيد؟",
        "send": "إرسال",
        "thanks": "شكرًا على تقييمك.",
        "again": "سبق تقييم هذه المحادثة. شكرًا!",
        "late": "لم يعد هذا الرابط صالحًا.",
        "none": "اختر رقمًا من فضلك.",
    },
}


class Asked(msgspec.Struct, frozen=True):
    """Whose rating of what a link takes."""

    conversation_id: UUID
    interaction_id: UUID
    run_id: UUID
    scale: int
    language: str


Take = Callable[[Asked, int, str], Awaitable[bool]]
"""Takes a score and a comment; False when it was rated before."""


def link_token(sealer: Sealer, asked: Asked, now: datetime) -> str:
    """The token of a link that is good for 30 days."""
    return sealer.sign_until(_PURPOSE, msgspec.json.encode(asked), now + GOOD_FOR)


def read_link(sealer: Sealer, token: str, now: datetime) -> Asked | None:
    """What a token asks; None when it is none of ours, or too old."""
    payload = sealer.verify_until(_PURPOSE, token, now)
    return None if payload is None else msgspec.json.decode(payload, type=Asked)


def rating_routes(sealer: Sealer, now: Callable[[], datetime], take: Take) -> list[Route]:
    """The page of `/r/{token}`. Looking at it rates nothing: programs look at links, too."""

    async def page(request: Request) -> Response:
        asked = read_link(sealer, request.path_params["token"], now())
        if asked is None:
            return _page(_language_of(request), "late", status=404)
        if request.method != "POST":
            return _page(asked.language, "how", asked)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                return _page(asked.language, "none", asked, status=413)
        given = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
        score = given.get("score", [""])[0]
        if not (score.isascii() and score.isdigit() and 1 <= int(score) <= asked.scale):
            return _page(asked.language, "none", asked, status=422)
        taken = await take(asked, int(score), given.get("comment", [""])[0])
        return _page(asked.language, "thanks" if taken else "again", status=200 if taken else 409)

    return [Route("/r/{token}", page, methods=["GET", "POST"])]


def _language_of(request: Request) -> str:
    told = request.headers.get("accept-language", "")[:2].lower()
    return told if told in _WORDS else "en"


def _page(language: str, said: str, asked: Asked | None = None, status: int = 200) -> Response:
    words = _WORDS.get(language, _WORDS["en"])
    form = "" if asked is None else _form(asked, words, language)
    scale = _digits(asked.scale, language) if asked is not None else ""
    html = (
        f'<!doctype html><html lang="{language}" dir="{"ltr" if language == "en" else "rtl"}">'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(words['title'])}</title><style>{_STYLE}</style>"
        f"<main><h1>{escape(words['title'])}</h1>"
        f'<p role="status">{escape(words[said].format(scale=scale))}</p>{form}</main></html>'
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status_code=status, headers=headers)


def _form(asked: Asked, words: dict[str, str], language: str) -> str:
    scores = "".join(
        f'<label><input type="radio" name="score" value="{score}" required>'
        f"<span>{_digits(score, language)}</span></label>"
        for score in range(1, asked.scale + 1)
    )
    return (
        f'<form method="post"><fieldset><legend>{escape(words["title"])}</legend>{scores}'
        f'</fieldset><label class="more">{escape(words["more"])}'
        '<textarea name="comment" maxlength="1000" rows="4"></textarea></label>'
        f"<button>{escape(words['send'])}</button></form>"
    )


def _digits(number: int, language: str) -> str:
    shown = _DIGITS.get(language)
    return str(number) if shown is None else "".join(shown[int(d)] for d in str(number))


_STYLE = """
body{font:1rem/1.6 system-ui,sans-serif;margin:0;color:#1f2328;background:#f6f7f9}
main{max-inline-size:32rem;margin:10vh auto;padding:2rem;background:#fff;border-radius:1rem}
h1{font-size:1.3rem;margin:0}fieldset{border:0;padding:0;display:flex;gap:.5rem;flex-wrap:wrap}
legend{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
fieldset label{cursor:pointer}fieldset input{position:absolute;opacity:0}
fieldset span{display:grid;place-items:center;inline-size:2.75rem;block-size:2.75rem;
border:1px solid #8c959f;border-radius:.6rem}
input:checked+span{background:#0f6b5c;color:#fff}
input:focus-visible+span{outline:3px solid #0f6b5c;outline-offset:2px}
.more{display:block;margin-block:1rem}textarea{inline-size:100%;box-sizing:border-box;font:inherit}
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.6rem;background:#0f6b5c;color:#fff}
"""
