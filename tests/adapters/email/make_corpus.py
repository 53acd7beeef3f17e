"""Writes `corpus/*.eml` and `corpus/expected.json`: awkward mail and what it must become.

Run `python -m tests.adapters.email.make_corpus` after a change; both are committed. What is
expected is written by hand here, never taken from the decoder.
"""

from __future__ import annotations

import base64
import json
import quopri
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
CASES: dict[str, tuple[bytes, dict[str, Any]]] = {}

PERSIAN = "سلام، سفارش من هنوز نرسیده است. لطفاً پیگیری کنید."
ARABIC = "السلام عليكم، لم يصل طلبي حتى الآن. أرجو المتابعة وشكراً."
ARABIC_PLAIN = "السلام عليكم لم يصل طلبي حتى الان ارجو المتابعة"
DATE = "Sat, 21 Nov 2026 08:00:00 +0000"


def case(file: str, raw: bytes | str, /, **expected: Any) -> None:
    if isinstance(raw, str):
        raw = raw.encode("utf-8")
    assert file not in CASES
    CASES[file] = (raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), expected)


def mail(
    body: bytes | str = "Hello",
    *fields: str | bytes,
    sender: str | bytes = "From: Sara <sara@example.com>",
    subject: str | bytes = "Subject: Order",
    message_id: str = "Message-ID: <m1@example.com>",
) -> bytes:
    lines = [
        sender,
        "To: Naranj <support@naranj.example>",
        subject,
        f"Date: {DATE}",
        message_id,
        "MIME-Version: 1.0",
        *fields,
    ]
    head = b"\n".join(each.encode() if isinstance(each, str) else each for each in lines if each)
    return head + b"\n\n" + (body.encode() if isinstance(body, str) else body)


def parts(kind: str, *entities: bytes | str, boundary: str = "edge") -> tuple[str, bytes]:
    """(Content-Type field, body) of a multipart."""
    body = b""
    for entity in entities:
        data = entity.encode() if isinstance(entity, str) else entity
        body += f"--{boundary}\n".encode() + data + b"\n"
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"', body + (
        f"--{boundary}--\n".encode()
    )


def text_part(text: str = "Hello") -> str:
    return f"Content-Type: text/plain; charset=utf-8\n\n{text}"


def html_part(html: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n{html}"


def file_part(fields: str, data: bytes = b"%PDF-1.4 data") -> str:
    return f"{fields}\nContent-Transfer-Encoding: base64\n\n{base64.b64encode(data).decode()}"


def multi(kind: str, *entities: bytes | str, fields: tuple[str, ...] = (), **more: Any) -> bytes:
    content_type, body = parts(kind, *entities)
    return mail(body, content_type, *fields, **more)


def b64_word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


# ── plain, charsets ──────────────────────────────────────────────────────────────────────────

case(
    "plain-ascii",
    mail("Where is my order?\n"),
    text="Where is my order?",
    subject="Order",
    sender="sara@example.com",
    name="Sara",
    provider_id="m1@example.com",
    sent_at="2026-11-21T08:00:00+00:00",
    proven=False,
    automatic=False,
    attachments=[],
)
case(
    "persian-utf8-8bit",
    mail(PERSIAN, "Content-Type: text/plain; charset=utf-8"),
    text=PERSIAN,
    locale="fa",
)
case(
    "arabic-windows-1256",
    mail(ARABIC.encode("cp1256"), "Content-Type: text/plain; charset=windows-1256"),
    text=ARABIC,
    locale="ar",
)
case(
    "arabic-iso-8859-6",
    mail(ARABIC_PLAIN.encode("iso-8859-6"), "Content-Type: text/plain; charset=iso-8859-6"),
    text=ARABIC_PLAIN,
)
case(
    "arabic-1256-called-iso-8859-6",
    mail(
        "پیگیری گچ ژاله سلام لطفا".encode("cp1256", "replace").replace(b"?", b""),
        "Content-Type: text/plain; charset=iso-8859-6",
    ),
    text_contains=["سلام", "گ"],
)
case(
    "arabic-1256-without-charset",
    mail(ARABIC.encode("cp1256"), "Content-Type: text/plain"),
    text=ARABIC,
)
case(
    "arabic-1256-called-windows-874",
    mail(
        "چرا سفارش گم شده است؟ غم و طوفان".encode("cp1256", "replace"),
        "Content-Type: text/plain; charset=windows-874",
    ),
    text_contains=["سفارش", "طوفان"],
)
case(
    "utf8-called-iso-8859-1",
    mail(PERSIAN, "Content-Type: text/plain; charset=iso-8859-1"),
    text=PERSIAN,
)
case(
    "utf8-called-windows-874",
    mail(ARABIC, "Content-Type: text/plain; charset=windows-874"),
    text=ARABIC,
)
case(
    "unknown-charset",
    mail(PERSIAN, "Content-Type: text/plain; charset=x-unheard-of"),
    text=PERSIAN,
)
case(
    "latin1-umlauts-undeclared",
    mail("Grüße aus Köln, schöne Straße".encode("latin-1"), "Content-Type: text/plain"),
    text="Grüße aus Köln, schöne Straße",
)
case(
    "utf7-refused",
    mail("+ADw-script+AD4-alert(1)", "Content-Type: text/plain; charset=utf-7"),
    text="+ADw-script+AD4-alert(1)",
)
case(
    "unicode-escape-refused",
    mail("\\u003cb\\u003e", "Content-Type: text/plain; charset=unicode_escape"),
    text="\\u003cb\\u003e",
)
case(
    "codec-that-is-no-charset",
    mail("68656c6c6f", "Content-Type: text/plain; charset=hex"),
    text="68656c6c6f",
)
case(
    "utf16-base64",
    mail(
        base64.encodebytes(PERSIAN.encode("utf-16")),
        "Content-Type: text/plain; charset=utf-16",
        "Content-Transfer-Encoding: base64",
    ),
    text=PERSIAN,
)
case(
    "utf8-cut-letter",
    mail(PERSIAN.encode()[:-3] + b"\xd8", "Content-Type: text/plain; charset=utf-8"),
    text_contains=["سلام، سفارش من"],
)
case(
    "nul-and-controls",
    mail(b"Hel\x00lo\x07 wor\x1bld", "Content-Type: text/plain"),
    text="Hello world",
)
case(
    "lone-surrogates",
    mail(b"A \xed\xa0\x80\xed\xb0\x80 B", "Content-Type: text/plain; charset=utf-8"),
    text_contains=["A", "B"],
    encodable=True,
)
case(
    "quoted-printable",
    mail(
        quopri.encodestring(PERSIAN.encode()),
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    ),
    text=PERSIAN,
)
case(
    "quoted-printable-broken",
    mail(
        "50=% off =ZZ and =C3=A9",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    ),
    text_contains=["50", "off", "é"],
)
case(
    "base64-soup",
    mail(
        "SGVs bG8g\n!!!d29y\x00bGQ=\nIGFuZA==\nIG1vcmU",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
    ),
    text="Hello world and more",
)
case(
    "format-flowed",
    mail(
        "This is a long \nline of text \nthat flows.\n\nSecond.\n",
        "Content-Type: text/plain; charset=utf-8; format=flowed",
    ),
    text="This is a long line of text that flows.\n\nSecond.",
)
case(
    "format-flowed-delsp",
    mail(
        "سفارش‌ه \nای من\n",
        "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
    ),
    text="سفارش‌های من",
)

# ── fields ───────────────────────────────────────────────────────────────────────────────────

case(
    "words-base64",
    mail(
        "x",
        subject=f"Subject: {b64_word('پیگیری سفارش')}",
        sender=f"From: {b64_word('سارا منصوری')} <sara@example.com>",
    ),
    subject="پیگیری سفارش",
    name="سارا منصوری",
)
_HALVES = "سفارش".encode()
case(
    "words-letter-cut-in-two",
    mail(
        "x",
        subject="Subject: "
        + f"=?utf-8?B?{base64.b64encode(_HALVES[:3]).decode()}?="
        + f"\n =?utf-8?B?{base64.b64encode(_HALVES[3:]).decode()}?=",
    ),
    subject="سفارش",
)
case(
    "words-with-spaces-in-q",
    mail("x", subject="Subject: =?utf-8?Q?hello there friend?= and =?UTF-8?q?=C3=A9?="),
    subject="hello there friend and é",
)
case(
    "words-unpadded-base64",
    mail("x", subject="Subject: =?utf-8?B?aGk?="),
    subject="hi",
)
case(
    "words-inside-quotes",
    mail("x", sender=f'From: "{b64_word("سارا")}" <sara@example.com>'),
    name="سارا",
)
case(
    "words-windows-1256",
    mail("x", subject=f"Subject: {b64_word('طلب جديد', 'windows-1256')}"),
    subject="طلب جديد",
)
case(
    "subject-raw-utf8",
    mail("x", subject="Subject: پیگیری سفارش"),
    subject="پیگیری سفارش",
)
case(
    "subject-raw-1256",
    mail("x", subject=b"Subject: " + "السلام عليكم طلبي".encode("cp1256")),
    subject="السلام عليكم طلبي",
)
case(
    "word-hides-address",
    mail("x", sender=f"From: {b64_word('<boss@naranj.example>,')} <sara@example.com>"),
    sender="sara@example.com",
)
case(
    "word-hides-line-break",
    mail("x", subject=f"Subject: {b64_word('hi' + chr(13) + chr(10) + 'Bcc: a@b.example')}"),
    subject="hi Bcc: a@b.example",
)
case(
    "bidi-override-in-name",
    mail("x", sender=f"From: {b64_word('Sara' + chr(0x202E) + 'gpj.exe')} <sara@example.com>"),
    name="Saragpj.exe",
)
case(
    "name-with-comma-and-comment",
    mail("x", sender='From: "Mansouri, Sara \\"S\\"" (at home) <Sara@Example.COM>'),
    name='Mansouri, Sara "S"',
    sender="Sara@example.com",
)
case(
    "several-from-addresses",
    mail(
        "x",
        "Authentication-Results: mx.naranj.example; dmarc=pass header.from=example.com",
        sender="From: Sara <sara@example.com>, Boss <boss@bank.example>",
    ),
    sender="sara@example.com",
    proven=False,
)
case(
    "two-from-fields",
    mail(
        "x",
        "From: boss@bank.example",
        "Authentication-Results: mx.naranj.example; dmarc=pass header.from=example.com",
    ),
    sender="sara@example.com",
    proven=False,
)
case(
    "no-from",
    mail("x", "Sender: sara@example.com", sender=""),
    sender="sara@example.com",
)
case("nothing-to-name-the-sender", mail("x", sender=""), sender="unknown@invalid")
case("from-is-garbage", mail("x", sender="From: <<>>@,;:\\"), sender="unknown@invalid")
case(
    "contact-form-reply-to",
    mail("x", "Reply-To: visitor@elsewhere.example"),
    sender="sara@example.com",
    attributes={"reply_to": "visitor@elsewhere.example"},
)
case("no-message-id", mail("x", message_id=""), provider_id_begins="sha256.")
case("message-id-garbage", mail("x", message_id="Message-ID: <>"), provider_id_begins="sha256.")
case(
    "message-id-folded-with-comment",
    mail("x", message_id="Message-ID:\n <abc.123@mail.example.com> (added)"),
    provider_id="abc.123@mail.example.com",
)
case(
    "references-nearest-first",
    mail(
        "x",
        "In-Reply-To: <c@naranj.example>",
        "References: <a@naranj.example>\n\t<b@naranj.example> <c@naranj.example>",
    ),
    references=["c@naranj.example", "b@naranj.example", "a@naranj.example"],
)
case(
    "reply-token-in-delivered-to",
    mail("x", "Delivered-To: reply+tok_12345678@naranj.example"),
    reply_tokens=["tok_12345678"],
)
case(
    "reply-token-in-cc",
    mail("x", "Cc: Other <o@example.com>, <reply+AbC-123456@naranj.example>"),
    reply_tokens=["AbC-123456"],
    cc=["o@example.com", "reply+AbC-123456@naranj.example"],
)
case("date-broken", mail("x").replace(DATE.encode(), b"yesterday-ish"), sent_at=None)
case("date-in-the-far-future", mail("x").replace(b"2026", b"2999"), sent_at=None)
case(
    "date-with-named-zone",
    mail("x").replace(DATE.encode(), b"21 Nov 26 11:30 +0330 (IRST)"),
    sent_at="2026-11-21T08:00:00+00:00",
)
case(
    "fields-end-with-bare-cr-and-junk",
    mail("Body", "this line is no field", "X-Odd : value"),
    text="Body",
    subject="Order",
)
case("ten-thousand-fields", mail("Body", *(["X-Filler: y"] * 10_000)), sender="sara@example.com")
case(
    "huge-display-name",
    mail("Body", sender='From: "' + "A" * 20_000 + '" <sara@example.com>'),
    name_max=120,
)
case("empty-file", b"", text="", sender="unknown@invalid")
case("only-fields", b"From: sara@example.com\nSubject: hi", sender="sara@example.com", subject="hi")
case("no-fields-at-all", b"\nJust a body", text="Just a body")
case("spam-flag", mail("x", "X-Spam-Flag: YES"), spam=True)
case(
    "content-language",
    mail("x", "Content-Language: fa-IR"),
    locale="fa",
)

# ── structure ────────────────────────────────────────────────────────────────────────────────

case(
    "alternative",
    multi("alternative", text_part("Plain words"), html_part("<p>Rich <b>words</b></p>")),
    text="Plain words",
    html_contains=["Rich <b>words</b>"],
    attachments=[],
)
case(
    "alternative-with-empty-plain",
    multi("alternative", text_part("  "), html_part("<p>Only here</p>")),
    text="Only here",
)
case(
    "html-only",
    mail(
        "<html><head><style>p{color:red}</style><title>T</title></head><body>"
        "<p>سلام&nbsp;دنیا</p><ul><li>یک<li>دو</ul><a href='https://naranj.example/a'>پیوند</a>"
        "<script>alert(1)</script></body></html>",
        "Content-Type: text/html; charset=utf-8",
    ),
    text="سلام دنیا\n\n• یک\n• دو\n\nپیوند (https://naranj.example/a)",
)
case(
    "html-broken-markup",
    mail("<p>One<p>Two <b>bold<br>Three < 4 & <<i>five</p", "Content-Type: text/html"),
    text_contains=["One", "Two bold", "Three < 4 &", "five"],
)
case(
    "html-hidden-preheader",
    mail(
        '<div style="display:none">Hidden <div>deep</div></div><p>Seen</p>',
        "Content-Type: text/html",
    ),
    text="Seen",
)
case(
    "inline-image",
    multi(
        "related",
        html_part('<p>See <img src="cid:logo@x" alt="logo"></p>'),
        file_part("Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>", b"\x89PNG"),
    ),
    text="See [logo]",
    attachments=[["logo.png", "image/png", True]],
)
case(
    "content-id-that-nobody-shows",
    multi(
        "related",
        html_part("<p>No picture</p>"),
        file_part("Content-Type: image/png; name=a.png\nContent-ID: <a@x>", b"\x89PNG"),
    ),
    attachments=[["a.png", "image/png", False]],
)
case(
    "attachment-names-2231",
    multi(
        "mixed",
        text_part(),
        file_part(
            "Content-Type: application/pdf\nContent-Disposition: attachment;\n"
            " filename*0*=utf-8''%D9%81%D8%A7;\n filename*1*=%DA%A9%D8%AA%D9%88%D8%B1;\n"
            ' filename*2=".pdf"'
        ),
    ),
    text="Hello",
    attachments=[["فاکتور.pdf", "application/pdf", False]],
)
case(
    "attachment-name-as-encoded-word",
    multi(
        "mixed",
        text_part(),
        file_part(f'Content-Type: application/pdf; name="{b64_word("فاکتور.pdf")}"'),
    ),
    attachments=[["فاکتور.pdf", "application/pdf", False]],
)
case(
    "attachment-name-with-path",
    multi(
        "mixed",
        text_part(),
        file_part(
            'Content-Type: application/x-msdownload\nContent-Disposition: attachment; filename="..'
            "/../etc/passwd\\\\C:\\\\evil" + '\u202etxt.exe"'
        ),
    ),
    attachments=[["eviltxt.exe", "application/x-msdownload", False]],
)
case(
    "attachment-without-name",
    multi("mixed", text_part(), file_part("Content-Type: application/pdf")),
    attachments=[["attachment-1.pdf", "application/pdf", False]],
)
case(
    "zip-bomb-is-only-a-file",
    multi("mixed", text_part(), file_part("Content-Type: application/zip; name=b.zip", b"PK" * 9)),
    attachments=[["b.zip", "application/zip", False]],
)
case(
    "winmail-dat",
    multi(
        "mixed",
        text_part(),
        file_part("Content-Type: application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22"),
    ),
    text="Hello",
    attachments=[["winmail.dat", "application/ms-tnef", False]],
)
case(
    "calendar-invitation",
    multi(
        "alternative",
        text_part("Meeting at ten"),
        html_part("<p>Meeting at ten</p>"),
        "Content-Type: text/calendar; method=REQUEST; name=invite.ics\n\nBEGIN:VCALENDAR",
    ),
    text="Meeting at ten",
    attachments=[["invite.ics", "text/calendar", False]],
)
case(
    "forward-as-message",
    multi(
        "mixed",
        text_part("See below"),
        "Content-Type: message/rfc822\n\nFrom: Ali <ali@example.org>\nSubject: Old matter\n"
        "Date: Fri, 20 Nov 2026 08:00:00 +0000\n\nInner words",
    ),
    text_contains=["See below", "From: Ali <ali@example.org>", "Inner words"],
    attachments=[["Old matter.eml", "message/rfc822", False]],
)
case(
    "text-in-pieces",
    multi(
        "mixed",
        text_part("Before"),
        file_part("Content-Type: image/jpeg; name=p.jpg"),
        text_part("After"),
    ),
    text="Before\n\nAfter",
    attachments=[["p.jpg", "image/jpeg", False]],
)
case(
    "named-text-is-a-file",
    multi("mixed", text_part("Words"), "Content-Type: text/plain; name=log.txt\n\nlog lines"),
    text="Words",
    attachments=[["log.txt", "text/plain", False]],
)
case(
    "boundary-missing",
    mail("--a\n\nlost words\n--a--", "Content-Type: multipart/mixed"),
    text_contains=["lost words"],
)
case(
    "boundary-never-closed",
    mail(
        "--a\nContent-Type: text/plain\n\nFirst\n--a\nContent-Type: text/plain\n\nSecond",
        "Content-Type: multipart/mixed; boundary=a",
    ),
    text="First\n\nSecond",
)
case(
    "boundary-that-begins-another",
    mail(
        "--ab\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\nInner\n--a--\n--ab--",
        "Content-Type: multipart/mixed; boundary=ab",
    ),
    text="Inner",
)
_NEST = b""
for _depth in range(300):
    _NEST += f"Content-Type: multipart/mixed; boundary=b{_depth}\n\n--b{_depth}\n".encode()
case(
    "nested-three-hundred-deep",
    mail(b"--b\n" + _NEST + b"\ndeep", "Content-Type: multipart/mixed; boundary=b"),
    sender="sara@example.com",
)
case(
    "parts-by-the-thousand",
    multi("mixed", *([text_part("x")] * 1_500)),
    text_contains=["x"],
)
case(
    "content-type-garbage",
    mail("Words", 'Content-Type: ;;;=?"; charset'),
    text="Words",
)
case(
    "signed-by-pgp",
    multi(
        "signed",
        text_part("Signed words"),
        "Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP",
    ),
    text="Signed words",
    attachments=[["signature.asc", "application/pgp-signature", False]],
)

# ── folding ──────────────────────────────────────────────────────────────────────────────────

case(
    "quote-gmail-english",
    mail("Thanks!\n\nOn Mon, 2 Nov 2026 at 10:00, Naranj <support@naranj.example> wrote:\n> Hi\n"),
    text="Thanks!",
    folded_contains=["wrote:", "> Hi"],
)
case(
    "quote-attribution-broken-in-two",
    mail(
        "Thanks!\n\nOn Mon, 2 Nov 2026 at 10:00, Naranj\n<support@naranj.example> wrote:\n\n> Hi\n"
    ),
    text="Thanks!",
)
case(
    "quote-persian",
    mail(
        "ممنونم.\n\nدر تاریخ دوشنبه ۲ نوامبر ۲۰۲۶ ساعت ۱۰:۰۰ نارنج"
        " <support@naranj.example> نوشت:\n\n> سلام\n",
        "Content-Type: text/plain; charset=utf-8",
    ),
    text="ممنونم.",
    folded_contains=["نوشت:"],
)
case(
    "quote-arabic",
    mail(
        "شكراً لكم.\n\nفي الاثنين، ٢ نوفمبر ٢٠٢٦ في ١٠:٠٠ ص، كتب نارنج <support@naranj.example>:\n\n"
        "> مرحبا\n",
        "Content-Type: text/plain; charset=utf-8",
    ),
    text="شكراً لكم.",
    folded_contains=["كتب"],
)
case(
    "quote-arabic-wrote-first",
    mail(
        "شكراً.\n\nكتب نارنج <support@naranj.example> في ٢ نوفمبر ٢٠٢٦:\n> مرحبا\n",
        "Content-Type: text/plain; charset=utf-8",
    ),
    text="شكراً.",
)
case(
    "quote-outlook-separator",
    mail("Answer\n\n-----Original Message-----\nFrom: Naranj\nSent: Monday\nSubject: Hi\n\nOld"),
    text="Answer",
    folded_contains=["Original Message", "Old"],
)
case(
    "quote-outlook-fields",
    mail(
        "Answer\n\nFrom: Naranj <support@naranj.example>\nSent: Monday, November 2, 2026\n"
        "To: Sara\nSubject: RE: Order\n\nOld words"
    ),
    text="Answer",
    folded_contains=["Old words"],
)
case(
    "quote-outlook-persian",
    mail(
        "پاسخ من\n\nاز: نارنج <support@naranj.example>\nارسال شده: دوشنبه\nبه: سارا\n"
        "موضوع: سفارش\n\nمتن قدیمی",
        "Content-Type: text/plain; charset=utf-8",
    ),
    text="پاسخ من",
    folded_contains=["متن قدیمی"],
)
case(
    "quote-outlook-arabic",
    mail(
        "ردي\n\nمن: نارنج <support@naranj.example>\nتم الإرسال: الاثنين\nإلى: سارة\n"
        "الموضوع: الطلب\n\nنص قديم",
        "Content-Type: text/plain; charset=utf-8",
    ),
    text="ردي",
    folded_contains=["نص قديم"],
)
case(
    "quote-gmail-html",
    mail(
        '<div dir="rtl">پاسخ تازه</div><div class="gmail_quote"><div class="gmail_attr">'
        "On Mon, Naranj wrote:<br></div><blockquote>Old words</blockquote></div>",
        "Content-Type: text/html; charset=utf-8",
    ),
    text="پاسخ تازه",
    folded_contains=["Old words"],
    html_contains=["gmail_quote"],
)
case(
    "quote-outlook-html",
    mail(
        '<p>Fresh</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> N<br>'
        "</div><div>Old words</div>",
        "Content-Type: text/html",
    ),
    text="Fresh",
    folded_contains=["Old words"],
)
case(
    "answers-between-quotes",
    mail("On 2 Nov 2026, Naranj wrote:\n> One?\nYes.\n> Two?\nNo.\n"),
    text_contains=["> One?", "Yes.", "> Two?", "No."],
)
case(
    "answer-below-quote",
    mail("On 2 Nov 2026, Naranj wrote:\n> Question?\n\nMy answer.\n"),
    text="My answer.",
    folded_contains=["> Question?"],
)
case(
    "signature-dashes",
    mail("Words\n\n-- \nSara Mansouri\n+98 912 345 6789"),
    text="Words",
    folded_contains=["Sara Mansouri"],
)
case(
    "signature-mobile-three-languages",
    mail("سلام\n\nارسال شده از iPhone من", "Content-Type: text/plain; charset=utf-8"),
    text="سلام",
)
case(
    "signature-mobile-arabic",
    mail("مرحبا\n\nأُرسلت من الـ iPhone", "Content-Type: text/plain; charset=utf-8"),
    text="مرحبا",
)
case(
    "forward-with-nothing-above",
    mail("---------- Forwarded message ---------\nFrom: Ali\nSubject: Old\n\nOld words"),
    text_contains=["Old words"],
)
case(
    "sentence-that-looks-like-attribution",
    mail("On reflection my brother wrote:\nplease help\n\nBye"),
    text="On reflection my brother wrote:\nplease help\n\nBye",
)

# ── who sent it ──────────────────────────────────────────────────────────────────────────────

_AR = "Authentication-Results: "
case(
    "dmarc-pass-by-trusted-server",
    mail(
        "x",
        _AR + "mx.naranj.example;\n dkim=pass header.d=example.com;\n"
        " dmarc=pass (p=REJECT) header.from=example.com",
    ),
    proven=True,
)
case(
    "dmarc-pass-by-a-stranger",
    mail("x", _AR + "mx.evil.example; dmarc=pass header.from=example.com"),
    proven=False,
)
case(
    "dmarc-pass-below-another-result",
    mail(
        "x",
        _AR + "relay.example; none",
        _AR + "mx.naranj.example; dmarc=pass header.from=example.com",
    ),
    proven=False,
)
case(
    "dmarc-pass-for-another-domain",
    mail("x", _AR + "mx.naranj.example; dmarc=pass header.from=evil.example"),
    proven=False,
)
case(
    "dmarc-fail",
    mail("x", _AR + "mx.naranj.example; dmarc=fail header.from=example.com"),
    proven=False,
)
case(
    "dmarc-pass-in-a-comment",
    mail("x", _AR + "mx.naranj.example; dmarc=fail (dmarc=pass; dmarc=pass)"),
    proven=False,
)
case(
    "dkim-aligned",
    mail("x", _AR + "mx.naranj.example; dkim=pass header.d=example.com"),
    proven=True,
)
case(
    "dkim-of-somebody-else",
    mail("x", _AR + "mx.naranj.example; dkim=pass header.d=mailer.example"),
    proven=False,
)
case(
    "spf-alone-proves-nothing",
    mail("x", _AR + "mx.naranj.example; spf=pass smtp.mailfrom=sara@example.com"),
    proven=False,
)

# ── automatic, loops, reports ────────────────────────────────────────────────────────────────

case("auto-replied", mail("Away", "Auto-Submitted: auto-replied (vacation)"), automatic=True)
case("auto-submitted-no", mail("Here", "Auto-Submitted: no"), automatic=False)
case("precedence-bulk", mail("News", "Precedence: bulk"), automatic=True)
case(
    "precedence-list-is-people",
    mail("Hi", "Precedence: list", "List-Id: <team.example.com>"),
    automatic=False,
    attributes={"list_id": "<team.example.com>"},
)
case("autoreply-field", mail("Away", "X-Autoreply: yes"), automatic=True)
case("null-return-path", mail("Away", "Return-Path: <>"), automatic=True)
case(
    "outlook-automatic-reply",
    mail("Away", subject="Subject: Automatic reply: Order"),
    automatic=True,
)
case(
    "outlook-automatic-reply-persian",
    mail("نیستم", subject=f"Subject: {b64_word('پاسخ خودکار: سفارش')}"),
    automatic=True,
)
case(
    "outlook-automatic-reply-arabic",
    mail("غائب", subject=f"Subject: {b64_word('رد تلقائي: الطلب')}"),
    automatic=True,
)

_OURS = "wasl.0123456789abcdef0123456789abcdef@naranj.example"
case(
    "loop-own-message-id",
    mail("x", message_id=f"Message-ID: <{_OURS}>"),
    kind="ignored",
    reason="loop_own_message",
)
case(
    "loop-own-field",
    mail("x", f"X-Wasl-Message: <{_OURS}>"),
    kind="ignored",
    reason="loop_own_message",
)
case(
    "field-of-another-house",
    mail("x", f"X-Wasl-Message: <{_OURS.replace('naranj', 'other')}>"),
    kind="message",
)
case(
    "colleague-of-our-domain",
    mail("x", sender="From: ali@naranj.example", message_id="Message-ID: <5f0c2a@naranj.example>"),
    kind="message",
)
case(
    "loop-received",
    mail("x", *["Received: from a by b; " + DATE] * 26),
    kind="ignored",
    reason="loop_received",
)
case(
    "loop-delivered-to",
    mail("x", *["Delivered-To: support@naranj.example"] * 3),
    kind="ignored",
    reason="loop_delivered_to",
)


def report(action: str, status: str, original: str, diagnostic: str = "") -> bytes:
    return multi(
        "report; report-type=delivery-status",
        text_part("Your message could not be delivered."),
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; nobody@example.com\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {diagnostic}\n",
        f"Content-Type: message/rfc822\n\n{original}",
        sender="From: MAILER-DAEMON@example.com",
        subject="Subject: Undelivered Mail Returned to Sender",
    )


_ORIGINAL = f"From: support@naranj.example\nMessage-ID: <{_OURS}>\nSubject: Re: Order\n\nHi"
case(
    "bounce-no-such-user",
    report("failed", "5.1.1", _ORIGINAL, "550 5.1.1 No such user"),
    kind="receipt",
    state="failed",
    message_provider_id=_OURS,
    error="recipient",
    detail_contains="nobody@example.com",
)
case(
    "bounce-mailbox-full",
    report("failed", "5.2.2", _ORIGINAL),
    kind="receipt",
    state="failed",
    error="unreachable",
)
case("bounce-content", report("failed", "5.7.1", _ORIGINAL), kind="receipt", error="content")
case(
    "report-delayed", report("delayed", "4.4.1", _ORIGINAL), kind="ignored", reason="report_delayed"
)
case("report-delivered", report("delivered", "2.0.0", _ORIGINAL), kind="receipt", state="delivered")
case(
    "bounce-message-id-rewritten-by-relay",
    report(
        "failed",
        "5.1.1",
        _ORIGINAL.replace(f"<{_OURS}>", "<0102@relay.example>").replace(
            "Subject:", f"X-Wasl-Message: <{_OURS}>\nSubject:"
        ),
    ),
    kind="receipt",
    message_provider_id=_OURS,
)
case(
    "bounce-with-fields-only",
    multi(
        "report; report-type=delivery-status",
        text_part("Failed"),
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: failed\n"
        "Status: 5.1.1\n",
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{_OURS}>\nSubject: Re: Order\n",
    ),
    kind="receipt",
    state="failed",
    message_provider_id=_OURS,
)
case(
    "bounce-qmail",
    mail(
        "Hi. This is the qmail-send program at example.com.\nI'm afraid I wasn't able to deliver "
        "your message.\n\n<nobody@example.com>:\n550 5.1.1 unknown user\n\n"
        f"--- Below this line is a copy of the message.\n\nMessage-ID: <{_OURS}>\nSubject: x\n",
        "Return-Path: <>",
        sender="From: MAILER-DAEMON@example.com",
        subject="Subject: failure notice",
    ),
    kind="receipt",
    state="failed",
    message_provider_id=_OURS,
    error="recipient",
)
case(
    "bounce-exim",
    mail(
        "This message was created automatically by mail delivery software.\n\n"
        "  nobody@example.com\n    host mx.example.com: 550 5.7.1 rejected as spam\n\n"
        f"------ This is a copy of the message ------\n\nMessage-ID: <{_OURS}>\n\nHi",
        "X-Failed-Recipients: nobody@example.com",
        sender="From: Mail Delivery System <Mailer-Daemon@example.com>",
        subject="Subject: Mail delivery failed: returning message to sender",
    ),
    kind="receipt",
    state="failed",
    message_provider_id=_OURS,
    error="content",
)
case(
    "bounce-exchange-by-in-reply-to",
    mail(
        "Your message did not reach some or all of the intended recipients.",
        f"In-Reply-To: <{_OURS}>",
        "Return-Path: <>",
        sender="From: postmaster@example.com",
        subject="Subject: Undeliverable: Re: Order",
    ),
    kind="receipt",
    state="failed",
    message_provider_id=_OURS,
)
case(
    "bounce-of-nothing-we-know",
    mail(
        "Sorry",
        "Return-Path: <>",
        sender="From: postmaster@example.com",
        subject="Subject: Undeliverable: Hi",
    ),
    kind="message",
    automatic=True,
)
case(
    "read-receipt",
    multi(
        "report; report-type=disposition-notification",
        text_part("Your message was read."),
        "Content-Type: message/disposition-notification\n\nReporting-UA: x\n"
        f"Original-Message-ID: <{_OURS}>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n",
    ),
    kind="receipt",
    state="read",
    message_provider_id=_OURS,
)


def main() -> None:
    for old in CORPUS.glob("*.eml"):
        old.unlink()
    for name, (raw, _) in CASES.items():
        (CORPUS / f"{name}.eml").write_bytes(raw)
    table = {name: expected for name, (_, expected) in sorted(CASES.items())}
    text = json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True)
    (CORPUS / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
