"""The socket behind which one kernel sees an engine by other names."""

import asyncio
import atexit
import contextlib
import pathlib
import re
import threading
from collections.abc import AsyncIterator, Mapping, Sequence

from dockerlab.workspace.names import Stream, Swap

CHUNK = 1 << 16  # bytes
# Seconds to wait for the rest of a name that was cut in two. A message of
# HTTP does not end within a name, so more will come, late on a busy machine;
# a stream can end anywhere, and somebody waits for its last words.
PATIENCE, STREAMS = 5.0, 0.1
_REQUEST = re.compile(rb"(?:GET|HEAD|POST|PUT|DELETE) (\S+) HTTP/1\.[01]\r\n")
_UPGRADED = re.compile(rb"HTTP/1\.[01] 101 ")
_REFUSED = re.compile(rb"HTTP/1\.[01] [45]\d\d ")
# Archives of files: a checksum over a member's name stands beside it.
_FILES = re.compile(rb"/containers/[^/]+/(archive|export)\b")
# Archives of images: a label counts into the image's digest.
_IMAGES = re.compile(rb"/images/(load|get|\S+/get)\b")


class Proxy:
    """A socket behind which one kernel sees an engine by other names.

    Args:
        upstream: the engine's socket, or the command that connects its input
            and output to the engine.
        everything: the exchange for most requests.
        archives: the exchange in the archives of images.
    """

    def __init__(
        self,
        path: pathlib.Path,
        upstream: str | Sequence[str],
        everything: Swap,
        archives: Swap,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.path, self.upstream = path, upstream
        self.everything, self.archives = everything, archives
        self.environment = environment
        # asyncio itself holds tasks weakly, and forgets one whose client
        # has gone while the engine still talks.
        self.talks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen, in a thread that ends with this process."""
        ready = threading.Event()
        loop = asyncio.new_event_loop()
        listening = loop.create_task(self._listen(ready))

        def run() -> None:
            with contextlib.suppress(asyncio.CancelledError, OSError):
                loop.run_until_complete(listening)
            talks = asyncio.all_tasks(loop)
            for talk in talks:
                talk.cancel()
            if talks:
                loop.run_until_complete(asyncio.wait(talks))
            loop.close()

        def end() -> None:
            loop.call_soon_threadsafe(listening.cancel)
            thread.join(2)

        name = f"dockerlab {self.path.name}"
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        ready.wait(10)
        if listening.done():
            listening.result()  # raises what went wrong
        atexit.register(end)

    async def _listen(self, ready: threading.Event) -> None:
        try:
            self.path.unlink(missing_ok=True)
            server = await asyncio.start_unix_server(
                self._connected, self.path, limit=CHUNK
            )
            self.path.chmod(0o600)
        finally:
            ready.set()
        try:
            await server.serve_forever()
        finally:
            self.path.unlink(missing_ok=True)

    @contextlib.asynccontextmanager
    async def _engine(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection to the engine."""
        if isinstance(self.upstream, str):
            reader, writer = await asyncio.open_unix_connection(
                self.upstream, limit=CHUNK
            )
            try:
                yield reader, writer
            finally:
                writer.close()
            return
        process = await asyncio.create_subprocess_exec(
            *self.upstream,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self.environment,
            limit=CHUNK,
        )
        assert process.stdout
        assert process.stdin
        try:
            yield process.stdout, process.stdin
        finally:
            process.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self.talks.add(task)
        task.add_done_callback(self.talks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            async with self._engine() as (far_reader, far_writer):
                talk = _Talk(self)
                ways = [
                    asyncio.create_task(talk.pump(reader, far_writer, True)),
                    asyncio.create_task(talk.pump(far_reader, writer, False)),
                ]
                try:
                    await asyncio.gather(*ways)
                finally:
                    for way in ways:
                        way.cancel()
        writer.close()


class _Talk:
    """One connection: the request under way decides what is exchanged."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.swap: Swap | None = proxy.everything
        self.patience = PATIENCE

    async def pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        to_engine: bool,
    ) -> None:
        """Hand on what comes, until it ends."""
        stream = Stream()
        while True:
            try:
                wait = self.patience if stream.kept else None
                data = await asyncio.wait_for(reader.read(CHUNK), wait)
            except TimeoutError:
                writer.write(stream.flush(self.swap))
                continue
            if not data:
                writer.write(stream.flush(self.swap))
                if writer.can_write_eof():
                    writer.write_eof()
                return
            request = _REQUEST.match(data) if to_engine else None
            if request:
                writer.write(stream.flush(self.swap))
                data = self._begin(writer, data, request[1])
            elif not to_engine and _UPGRADED.match(data):
                self.patience = STREAMS
            elif not to_engine and _REFUSED.match(data):
                self.swap = self.proxy.everything  # a message, no archive
            writer.write(stream.feed(self.swap, data))
            await writer.drain()

    def _begin(
        self, writer: asyncio.StreamWriter, data: bytes, target: bytes
    ) -> bytes:
        """Note the request under way; return what is left to exchange.

        The head is written at once where the body needs another exchange.
        """
        everything = self.proxy.everything
        self.swap = everything
        if _FILES.search(target):
            other = None
        elif _IMAGES.search(target):
            other = self.proxy.archives
        else:
            return data
        head, end, body = data.partition(b"\r\n\r\n")
        if other:
            head = everything(head)
        else:
            # What follows the question mark are paths in a container.
            path, mark, rest = head.partition(b"?")
            head = everything(path) + mark + rest
        writer.write(head + end)
        self.swap = other
        return body
