"""HTTP with the system behind an API channel: signed deliveries, and files by their address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from wasl.adapters.api.wire import read_answer, sign
from wasl.channels.contract import ChannelError, ErrorKind
from wasl.infra.errors import AppError, Forbidden, Invalid
from wasl.infra.netguard import guarded_transport

_MOST_ANSWER_BYTES = 65_536
_MOST_RETRY_AFTER_S = 3600.0
_FILE_WITHIN_S = 120.0
_KINDS = {
    400: ErrorKind.CONTENT,
    401: ErrorKind.CREDENTIALS,
    403: ErrorKind.CREDENTIALS,
    404: ErrorKind.RECIPIENT,
    408: ErrorKind.TEMPORARY,
    410: ErrorKind.RECIPIENT,
    425: ErrorKind.TEMPORARY,
    429: ErrorKind.RATE_LIMITED,
}


class Client:
    """Requests that never reach the private network unless `allow_private`."""

    def __init__(self, *, allow_private: bool, answer_within_s: float) -> None:
        nobody = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._answer_within_s = answer_within_s
        self._http = httpx.AsyncClient(
            transport=guarded_transport(allow_private=allow_private),
            timeout=httpx.Timeout(answer_within_s, connect=10.0),
            cookies=nobody,
            trust_env=False,
            headers={"User-Agent": "Wasl"},
            max_redirects=3,
        )

    async def deliver(
        self, url: str, secret: str, body: bytes, *, timestamp: str, idempotency_key: str
    ) -> str:
        """Posts a signed body; the id that the system gave it, or "". Raises ChannelError."""
        headers = {
            "Content-Type": "application/json",
            "X-Wasl-Timestamp": timestamp,
            "X-Wasl-Signature": sign(secret, timestamp, body),
            "Idempotency-Key": idempotency_key,
        }
        try:
            async with (
                asyncio.timeout(self._answer_within_s + 10.0),
                self._http.stream("POST", url, content=body, headers=headers) as response,
            ):
                answer = await _start_of(response)
        except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, TimeoutError) as e:
            # written, and no whole answer: it may have been taken
            raise ChannelError(ErrorKind.UNKNOWN, type(e).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelError(ErrorKind.TEMPORARY, type(error).__name__) from None
        except AppError as error:
            raise refused_address(error) from None
        if not response.is_success:
            raise _refusal(response, answer)
        given = read_answer(answer).get("id")
        return given if isinstance(given, str) and 0 < len(given) <= 255 else ""

    async def download(self, url: str, limit: int) -> AsyncIterator[bytes]:
        """Streams a file of at most `limit` bytes. Raises ChannelError."""
        loop = asyncio.get_running_loop()
        ends, taken = loop.time() + _FILE_WITHIN_S, 0
        try:
            async with self._http.stream("GET", url, follow_redirects=True) as response:
                if not response.is_success:
                    refusal = _refusal(response, b"")
                    kind = refusal.kind if refusal.retryable else ErrorKind.CONTENT
                    raise ChannelError(kind, refusal.detail, retry_after_s=refusal.retry_after_s)
                async for chunk in response.aiter_bytes(65_536):
                    taken += len(chunk)
                    if taken > limit:
                        raise ChannelError(ErrorKind.CONTENT, f"over {limit} bytes")
                    if loop.time() > ends:
                        raise ChannelError(ErrorKind.TEMPORARY, "too slow")
                    yield chunk
        except httpx.TooManyRedirects:
            raise ChannelError(ErrorKind.CONTENT, "too many redirects") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelError(ErrorKind.TEMPORARY, type(error).__name__) from None
        except AppError as error:
            raise refused_address(error) from None


def refused_address(error: AppError) -> ChannelError:
    """The guard's refusal of an address as a channel's error."""
    wrong = isinstance(error, (Forbidden, Invalid))
    return ChannelError(ErrorKind.CREDENTIALS if wrong else ErrorKind.TEMPORARY, error.code)


async def _start_of(response: httpx.Response) -> bytes:
    start = b""
    async for chunk in response.aiter_bytes(8192):
        start += chunk
        if len(start) >= _MOST_ANSWER_BYTES:
            break
    return start[:_MOST_ANSWER_BYTES]


def _refusal(response: httpx.Response, answer: bytes) -> ChannelError:
    """The system's own word for it ({"error": kind, "detail": …}), else what the status says."""
    status = response.status_code
    given = read_answer(answer)
    kind = _kind_of(status)
    named = given.get("error")
    if status < 500 and named in list(ErrorKind):
        kind = ErrorKind(str(named))
    detail = given.get("detail")
    said = f": {detail[:200]}" if isinstance(detail, str) else ""
    wait = response.headers.get("retry-after", "")
    wait_s = min(float(wait), _MOST_RETRY_AFTER_S) if wait.isascii() and wait.isdigit() else None
    return ChannelError(kind, f"HTTP {status}{said}", retry_after_s=wait_s)


def _kind_of(status: int) -> ErrorKind:
    if status in _KINDS:
        return _KINDS[status]
    if status >= 500:
        return ErrorKind.TEMPORARY
    # a redirect is a wrong address of the channel, not of the contact
    return ErrorKind.CREDENTIALS if status < 400 else ErrorKind.CONTENT
