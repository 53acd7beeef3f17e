"""Folds quoted history and signatures away from what somebody has written now.

Marks of mail programs in English, Persian and Arabic (and the commonest in other languages).
Whatever is folded is kept; a message that would be empty is not folded.
"""

from __future__ import annotations

import re

from wasl.adapters.email.html_text import QUOTE_MARK

_MAX_LINES = 20_000
_MAX_LINE = 1_000

# "On Mon, 2 Nov 2026 at 10:00, Sara <sara@example.com> wrote:" in many languages; the line may be
# broken in two or three.
_WROTE = re.compile(
    r"^\s*(?:"
    r"on\b.{4,400}\bwrote\s*:"
    r"|le\b.{4,400}\ba [ée]crit\s*:"
    r"|am\b.{4,400}\bschrieb\b.{0,200}:"
    r"|el\b.{4,400}\bescribi[óo]\s*:"
    r"|.{4,400}\byazdı\s*:"
    r"|(?:در|به)\s.{4,400}(?:نوشت|نوشته است|نوشته‌است|نوشته|می‌نویسد)\s*:"
    r"|.{2,400}\s(?:در|به)\s.{4,300}(?:نوشت|نوشته است|نوشته‌است|نوشته|می‌نویسد)\s*:"
    r"|(?:في|فى|بتاريخ|يوم)\s.{2,400}(?:كتب|كتبت|كَتب|كتبَ|كُتب)\b.{0,300}[:：]"
    r"|(?:كتب|كتبت)\s.{2,400}(?:في|فى|بتاريخ|يوم)\s.{2,300}[:：]"
    r"|(?:كتب|كتبت)\s.{2,300}:"
    r")\s*$",
    re.I,
)
_DATED = re.compile(r"\d|@")
_WROTE_BEGINS = re.compile(r"^\s*(?:on|le|am|el|در|به|في|فى|بتاريخ|يوم|كتب|كتبت)\s", re.I)
_SEPARATOR = re.compile(
    r"^\s*(?:[-_–—*]{2,}\s*(?:original message|original appointment|reply message|forwarded message"
    r"|ursprüngliche nachricht|message d'origine|mensaje original|پیام اصلی|نامه اصلی"
    r"|پیام فوروارد شده"
    r"|پیام بازارسال‌شده|پیام بازارسال شده|الرسالة الأصلية|رسالة أصلية|الرسالة الاصلية"
    r"|رسالة معاد توجيهها|رسالة مُعاد توجيهها)\s*[-_–—*]{2,}|_{20,})\s*$",
    re.I,
)
_HEADER_FROM = re.compile(r"^\s*\*?(?:from|von|de|از|فرستنده|من|المرسل)\s*:\*?\s*\S", re.I)
_HEADER_NEXT = re.compile(
    r"^\s*\*?(?:sent|date|to|cc|subject|gesendet|an|betreff|envoyé|objet|à|enviado|para|asunto"
    r"|ارسال شده|ارسال"
    r"|تاریخ|زمان|به|رونوشت|موضوع|تم الإرسال|أُرسلت|أرسلت|التاريخ|إلى|الى|نسخة|الموضوع)"
    r"\s*:\*?",
    re.I,
)
_SIGNATURE = re.compile(r"^(?:> ?)*-- ?$")
_MOBILE_SIGNATURE = re.compile(
    r"^\s*(?:sent from (?:my |mail for |outlook|yahoo|samsung|proton).{0,80}"
    r"|get outlook for .{0,60}"
    r"|sent via .{0,60}|ارسال(?:‌| )?شده از .{0,80}|فرستاده(?:‌| )شده (?:از|با) .{0,80}"
    r"|(?:أُرسلت|أرسلت|مرسل|مُرسل|تم الإرسال|أُرسل|أرسل) من .{0,80})\s*$",
    re.I,
)


def fold(text: str) -> tuple[str, str]:
    """(what was written now, what was folded away). Interleaved answers stay whole."""
    lines = text.split("\n")
    head, rest = lines[:_MAX_LINES], lines[_MAX_LINES:]
    quote_at = _quote_begins(head)
    shown = [line for line in head[:quote_at] if line != QUOTE_MARK]
    folded = [line for line in head[quote_at:] + rest if line != QUOTE_MARK]
    # An answer below the quote it answers: the quote goes, the answer stays.
    below = _answer_below(folded) if not "".join(shown).strip() else None
    if below is not None:
        shown, folded = folded[below:], folded[:below]
    signature_at = _signature_begins(shown)
    shown, signature = shown[:signature_at], shown[signature_at:]
    if not "".join(shown).strip():
        return _join([line for line in lines if line != QUOTE_MARK]), ""
    return _join(shown), _join(signature + folded)


def _quote_begins(lines: list[str]) -> int:
    """Index of the first line of quoted history after which no more of the writer's own follows."""
    last_own = _last_own_line(lines)
    for index, line in enumerate(lines):
        if line == QUOTE_MARK:
            return index
        short = line[:_MAX_LINE]
        if short.startswith(">"):
            if index > last_own or not "".join(lines[:index]).strip():
                return index
            continue
        if _SEPARATOR.match(short) and not short.strip("_ \t"):
            if _is_header_block(lines, index + 1):
                return index
        elif _SEPARATOR.match(short) or _is_header_block(lines, index):
            return index
        else:
            length = _attribution_lines(lines, index)
            if length and _is_quote_after(lines, index + length, last_own):
                return index
    return len(lines)


def _last_own_line(lines: list[str]) -> int:
    """Index of the last line that is neither blank, quoted, nor below a signature mark."""
    last = -1
    for index, line in enumerate(lines):
        if _SIGNATURE.match(line):
            break
        if line.strip() and not line.startswith(">") and line != QUOTE_MARK:
            last = index
    return last


def _attribution_lines(lines: list[str], index: int) -> int:
    """How many lines from `index` on make up "… wrote:"; 0 when none do."""
    if not lines[index].strip():
        return 0
    if _WROTE.match(lines[index][:_MAX_LINE]):
        return 1
    if _WROTE_BEGINS.match(lines[index][:_MAX_LINE]):
        for length in (2, 3):
            joined = " ".join(line.strip() for line in lines[index : index + length])
            if len(joined) < _MAX_LINE and _WROTE.match(joined):
                return length
    return 0


def _is_quote_after(lines: list[str], index: int, last_own: int) -> bool:
    """Whether what follows an attribution is its quote and not an interleaved answer."""
    following = next((line for line in lines[index:] if line.strip()), "")
    if following.startswith(">"):
        return last_own < index or not _own_before(lines, index)
    # Without quote marks only a date or an address tells an attribution from "he once wrote:".
    return bool(_DATED.search(lines[index - 1]) or _DATED.search(lines[max(index - 2, 0)]))


def _own_before(lines: list[str], index: int) -> bool:
    before = [line for line in lines[:index] if line.strip() and not line.startswith(">")]
    return len(before) > 1


def _is_header_block(lines: list[str], index: int) -> bool:
    """Outlook's From/Sent/To/Subject: at least three such lines close together."""
    window = [line[:_MAX_LINE] for line in lines[index : index + 8] if line.strip()]
    if not window or not _HEADER_FROM.match(window[0]):
        return False
    return sum(1 for line in window[1:6] if _HEADER_NEXT.match(line)) >= 2


def _answer_below(lines: list[str]) -> int | None:
    """Where an answer begins that stands below a quote marked with ">"; None when there is none."""
    last_quoted = max((i for i, line in enumerate(lines) if line.startswith(">")), default=-1)
    if last_quoted < 0:
        return None
    first_own = next((i for i, line in enumerate(lines) if line.strip() and i > last_quoted), None)
    if first_own is None or _SIGNATURE.match(lines[first_own]):
        return None
    attribution = _attribution_lines(lines, 0)
    between = [line for line in lines[attribution:last_quoted] if line.strip()]
    return first_own if all(line.startswith(">") for line in between) else None


def _signature_begins(lines: list[str]) -> int:
    for index, line in enumerate(lines):
        if _SIGNATURE.match(line) and not line.startswith(">"):
            return index
    last = len(lines) - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    if last >= 0 and _MOBILE_SIGNATURE.match(lines[last][:_MAX_LINE]):
        return last
    return len(lines)


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def unflow(text: str, delete_space: bool) -> str:
    """Joins the soft line breaks of format=flowed (RFC 3676)."""
    out: list[str] = []
    pending: list[str] = []
    pending_depth = 0
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:]
        body = body[1:] if body.startswith(" ") else body
        flowed = body.endswith(" ") and body != "-- "
        if pending and (depth != pending_depth or body == "-- "):
            out.append(_quoted(pending_depth, "".join(pending)))
            pending = []
        pending_depth = depth
        pending.append(body[:-1] if flowed and delete_space else body)
        if not flowed:
            out.append(_quoted(depth, "".join(pending)))
            pending = []
    if pending:
        out.append(_quoted(pending_depth, "".join(pending)))
    return "\n".join(out)


def _quoted(depth: int, text: str) -> str:
    return f"{'>' * depth} {text}" if depth else text
