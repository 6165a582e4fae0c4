"""A mail server that takes everything, and a worker that sends to it."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.servers import environment, free_port


class MailSink:
    """The least a mail server can be: it takes every mail, keeps none, and counts them.

    `taken` is by recipient; `last_at` is when it took the last one, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.port, self.last_at = free_port(), 0.0
        self.taken: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A worker that is killed ends in the middle of a word.
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._take(reader, writer)
        writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        recipient = ""
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.taken[recipient] += 1
                self.last_at = time.monotonic()
            if command == b"QUIT":
                break
            writer.write(b"250 OK\r\n")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        serving = asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=2**20)
        self._loop.run_until_complete(serving)
        self._loop.run_forever()

    def start(self) -> None:
        """Take mails, in a thread of its own, until stopped."""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def worker(data: Path, sink: MailSink) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of a process of its own; it may be killed meanwhile."""
    environ = environment(data) | {"SAYSO_MAIL_URL": f"smtp://127.0.0.1:{sink.port}?tls=none"}
    process = subprocess.Popen(
        [sys.executable, "-m", "widget", "worker"], env=environ, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def memory_mb(pid: int) -> float:
    """Resident memory; 0 where the system does not tell by a file."""
    file = Path(f"/proc/{pid}/status")
    lines = file.read_text().splitlines() if file.exists() else []
    found = [line for line in lines if line.startswith("VmRSS")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


def spent_s(pid: int) -> float:
    """Processor time that a process has spent; 0 where the system does not tell by a file."""
    file = Path(f"/proc/{pid}/stat")
    if not file.exists():
        return 0.0
    # After the name, which may hold anything, in brackets.
    user, system = file.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
