"""Both stores keep the same promises."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from wasl.infra.blobs import Blobs, LocalBlobs, S3Blobs, blobs_from
from wasl.infra.errors import Invalid, NotFound, TooLarge, Unavailable
from wasl.infra.settings import Settings

Names = Callable[[], list[str]]


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def breaks_off() -> AsyncIterator[bytes]:
    yield b"half of "
    raise ConnectionError


async def whole(blobs: Blobs, key: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.open(key)])


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Blobs, Names]:
    """A store, and what names it holds."""
    if request.param == "local":
        folder = tmp_path / "blobs"
        return LocalBlobs(folder), lambda: [
            str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
        ]
    server = request.getfixturevalue("s3_server")
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    bucket = tmp_path.name.replace("_", "-").lower()
    urlopen(Request(f"{server}/{bucket}", method="PUT")).close()  # noqa: S310

    def names() -> list[str]:
        with urlopen(f"{server}/{bucket}") as answer:  # noqa: S310
            listing = answer.read().decode()
        return [part.partition("<")[0] for part in listing.split("<Key>")[1:]]

    return S3Blobs(f"s3://{bucket}?endpoint={server}"), names


async def test_what_is_put_can_be_opened(store: tuple[Blobs, Names]) -> None:
    blobs, names = store
    data = bytes(range(256)) * 4000
    size, digest = await blobs.put("a/b.bin", chunks(data[:7], data[7:]), limit=len(data))
    assert (size, digest) == (len(data), hashlib.sha256(data).hexdigest())
    assert await whole(blobs, "a/b.bin") == data
    assert names() == ["a/b.bin"]


async def test_too_large_leaves_nothing(store: tuple[Blobs, Names]) -> None:
    blobs, names = store
    with pytest.raises(TooLarge):
        await blobs.put("big", chunks(b"12345", b"6"), limit=5)
    with pytest.raises(ConnectionError):
        await blobs.put("half", breaks_off(), limit=50)
    assert names() == []


async def test_a_failed_put_keeps_the_earlier_blob(store: tuple[Blobs, Names]) -> None:
    blobs, _ = store
    await blobs.put("it", chunks(b"first"), limit=50)
    with pytest.raises(TooLarge):
        await blobs.put("it", chunks(b"second"), limit=5)
    assert await whole(blobs, "it") == b"first"
    await blobs.put("it", chunks(b"third"), limit=50)
    assert await whole(blobs, "it") == b"third"


async def test_what_is_deleted_is_gone(store: tuple[Blobs, Names]) -> None:
    blobs, _ = store
    await blobs.put("it", chunks(b"x"), limit=50)
    await blobs.delete("it")
    await blobs.delete("it")
    with pytest.raises(NotFound):
        await whole(blobs, "it")


async def test_an_empty_blob_is_a_blob(store: tuple[Blobs, Names]) -> None:
    blobs, _ = store
    assert (await blobs.put("empty", chunks(), limit=0))[0] == 0
    assert await whole(blobs, "empty") == b""


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", ".incoming/x", "a\0b", "a\n", "x" * 201]
)
async def test_no_key_leads_elsewhere(store: tuple[Blobs, Names], key: str) -> None:
    blobs, names = store
    with pytest.raises(Invalid):
        await blobs.put(key, chunks(b"x"), limit=5)
    with pytest.raises(Invalid):
        await whole(blobs, key)
    with pytest.raises(Invalid):
        await blobs.delete(key)
    assert names() == []


async def test_a_store_that_is_away_says_so() -> None:
    with socket.socket() as taken:  # bound, never listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        away = S3Blobs(f"s3://b?endpoint=http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Unavailable):
            await away.put("it", chunks(b"x"), limit=5)


def test_the_settings_choose(tmp_path: Path) -> None:
    def chosen(blobs: str) -> Blobs:
        return blobs_from(Settings(data_dir=tmp_path, secret_key="k" * 32, blobs=blobs))

    assert isinstance(chosen("local"), LocalBlobs)
    assert isinstance(chosen("s3://bucket?region=eu-central-1"), S3Blobs)
