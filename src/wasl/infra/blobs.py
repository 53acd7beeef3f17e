"""Files: attachments, recordings, exports. In a local folder, or in an S3 bucket.

A key is a path of plain names ("attachments/0193…"). A blob is whole or absent: nobody sees half
of one, whatever is interrupted.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, urlsplit

from wasl.infra.errors import Invalid, NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

    from wasl.infra.settings import Settings

_CHUNK = 256 * 1024
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", re.ASCII)
_LONGEST_KEY = 200


class Blobs(Protocol):
    """A store of blobs. A key that is no plain path raises Invalid("blob_key")."""

    async def put(self, key: str, data: AsyncIterator[bytes], *, limit: int) -> tuple[int, str]:
        """Keeps the bytes, replacing an earlier blob; returns their number and SHA-256 in hex.

        Raises TooLarge("blob_too_large") beyond `limit` bytes, Unavailable("blob_store") when the
        store has no space or no answer; then nothing is left behind.
        """
        ...

    def open(self, key: str) -> AsyncIterator[bytes]:
        """Streams the bytes. Raises NotFound("blob") at the first step."""
        ...

    async def delete(self, key: str) -> None:
        """Removes the blob; one that is absent is fine."""
        ...


def blobs_from(settings: Settings) -> Blobs:
    """The store that the settings name."""
    if settings.blobs == "local":
        return LocalBlobs(settings.data_dir / "blobs")
    return S3Blobs(settings.blobs)


class LocalBlobs:
    """Blobs as files under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, data: AsyncIterator[bytes], *, limit: int) -> tuple[int, str]:
        path = self._folder / _checked(key)
        with _disk_trouble():
            incoming = self._folder / ".incoming"  # no key begins with a dot
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            incoming.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=incoming)
        unfinished = Path(name)
        try:
            with open(handle, "wb", buffering=0) as file:  # noqa: ASYNC230  # quick, unlike writing
                size, digest = await _receive(data, limit, file)
                await asyncio.to_thread(_settle, file, unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)  # noqa: ASYNC240  # as quick as a thread hop
        return size, digest

    async def open(self, key: str) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread((self._folder / _checked(key)).open, "rb")
        except (FileNotFoundError, IsADirectoryError):
            raise NotFound("blob", key=key) from None
        with file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk

    async def delete(self, key: str) -> None:
        (self._folder / _checked(key)).unlink(missing_ok=True)


class S3Blobs:
    """Blobs in a bucket: `s3://bucket/prefix?region=…&endpoint=…`.

    Credentials come from the usual AWS variables, files or instance roles.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: S3Store | None = None

    async def put(self, key: str, data: AsyncIterator[bytes], *, limit: int) -> tuple[int, str]:
        _checked(key)
        # received whole first: a stream that breaks off leaves no half of an upload
        with tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024) as file:
            size, digest = await _receive(data, limit, file)
            file.seek(0)
            with _bucket_trouble():
                await self._store.put_async(key, file)
        return size, digest

    async def open(self, key: str) -> AsyncIterator[bytes]:
        try:
            with _bucket_trouble():
                found = await self._store.get_async(_checked(key))
        except FileNotFoundError:
            raise NotFound("blob", key=key) from None
        async for chunk in found.stream(min_chunk_size=_CHUNK):
            yield bytes(chunk)

    async def delete(self, key: str) -> None:
        with suppress(FileNotFoundError), _bucket_trouble():
            await self._store.delete_async(_checked(key))

    @property
    def _store(self) -> S3Store:
        if self._made is None:
            from obstore.store import S3Store

            parts = urlsplit(self._url)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            config: S3Config = {"region": query.get("region", "us-east-1")}
            if endpoint := query.get("endpoint"):
                config["endpoint"] = endpoint
            self._made = S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                config=config,
                client_options={"allow_http": endpoint is not None and endpoint[:5] == "http:"},
                retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
            )
        return self._made


def _checked(key: str) -> str:
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise Invalid("blob_key")
    return key


async def _receive(data: AsyncIterator[bytes], limit: int, file: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    async for chunk in data:
        size += len(chunk)
        if size > limit:
            raise TooLarge("blob_too_large", limit=limit)
        await asyncio.to_thread(_write, file, chunk)
        digest.update(chunk)
    return size, digest.hexdigest()


def _settle(file: IO[bytes], unfinished: Path, path: Path) -> None:
    with _disk_trouble():
        os.fsync(file.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(file: IO[bytes], chunk: bytes) -> None:
    with _disk_trouble():
        view = memoryview(chunk)
        while view:
            view = view[file.write(view) :]


@contextmanager
def _disk_trouble() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("blob_store", reason="full" if full else "failed") from error


@contextmanager
def _bucket_trouble() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise Unavailable("blob_store", reason="failed") from error
