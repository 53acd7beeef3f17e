"""One tree of errors.

- AppError: something a caller may be told. `code` is stable and translated at the edge,
  `params` fill the translation's places, `status` is the HTTP status.
  - NotFound 404, Forbidden 403, Unauthenticated 401, Conflict 409, Invalid 422, TooLarge 413,
    TooMany 429, Unavailable 503 (retryable)
"""

from __future__ import annotations

from typing import Any


class AppError(Exception):
    """An error with a stable code, safe to show."""

    status = 400
    retryable = False

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Invalid(AppError):
    """The request is understood and wrong; `params` name the field and the right form."""

    status = 422


class Unauthenticated(AppError):
    """Nobody is signed in, or the credentials are refused."""

    status = 401


class Forbidden(AppError):
    """The principal may not do this."""

    status = 403


class NotFound(AppError):
    """There is no such thing, or the principal may not know of it."""

    status = 404


class Conflict(AppError):
    """The state has moved on; look again."""

    status = 409


class TooLarge(AppError):
    """Larger than the limit named in `params`."""

    status = 413


class TooMany(AppError):
    """Over the rate limit; try again after `params["after_s"]`."""

    status = 429
    retryable = True


class Unavailable(AppError):
    """Something that we depend on does not answer."""

    status = 503
    retryable = True
