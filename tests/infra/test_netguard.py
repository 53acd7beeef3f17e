from __future__ import annotations

import asyncio

import httpx
import pytest

from wasl.infra.errors import Forbidden, Invalid, Unavailable
from wasl.infra.netguard import check_url, guarded_transport


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8300/x",
        "http://10.1.2.3/",
        "http://192.168.1.1/",
        "http://172.16.0.9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
    ],
)
async def test_private_addresses_are_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        await check_url(url)
    async with httpx.AsyncClient(transport=guarded_transport()) as client:
        with pytest.raises(Forbidden):
            await client.get(url)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.com/", "file:///etc/passwd", "http://", "//x", "http://[::1", "gopher:x"],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        await check_url(url)


async def test_public_addresses_are_fine() -> None:
    await check_url("https://93.184.215.14/hook")
    await check_url("https://[2606:4700::1111]/hook")


async def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(Unavailable):
        await check_url("https://nowhere.invalid/")


async def test_private_is_allowed_when_the_operator_says_so() -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(transport=guarded_transport(allow_private=True)) as client:
        answered = await client.get(f"http://localhost:{port}/x")
    server.close()
    await server.wait_closed()
    assert answered.status_code == 204
    assert f"host: localhost:{port}".encode() in heard[0].lower()
