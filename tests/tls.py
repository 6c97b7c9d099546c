"""Certificates that nobody but the tests trusts, and TLS before a server that has none."""

import asyncio
import shutil
import ssl
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from interview_platform.stack.broker import LOOPBACK

OPENSSL: Final = shutil.which("openssl")
BLOCK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority, and a server on this machine that it vouches for."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Make them, with the machine's `openssl`."""
    made = Certificates(*(folder / name for name in ("authority.pem", "server.pem", "server.key")))
    of_authority = folder / "authority.key"
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    _openssl(
        *("req", "-x509", *new_key, "-subj", "/CN=the tests' authority"),
        *("-keyout", of_authority, "-out", made.authority),
    )
    _openssl(
        *("req", "-x509", *new_key, "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        *("-CA", made.authority, "-CAkey", of_authority),
        *("-keyout", made.key, "-out", made.certificate),
    )
    return made


class TlsFront:
    """Speaks TLS to clients, and passes on what they say to a server on this machine that cannot."""

    def __init__(self, certificates: Certificates, *, port: int) -> None:
        self._behind = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificates.certificate, certificates.key)
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, LOOPBACK, 0, ssl=self._context)
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Part everybody, and take no more."""
        asyncio.run_coroutine_threadsafe(self._part(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _part(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_behind, to_behind = await asyncio.open_connection(LOOPBACK, self._behind)
        try:
            await asyncio.gather(_pass_on(reader, to_behind), _pass_on(from_behind, writer))
        finally:
            for each in (writer, to_behind):
                each.transport.abort()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await source.read(BLOCK):
            target.write(block)
            await target.drain()
    target.close()


def _openssl(*arguments: str | Path) -> None:
    assert OPENSSL is not None
    subprocess.run([OPENSSL, *arguments], check=True, capture_output=True)
