"""Pass connections on to a port of this machine.

The box publishes ports on the loopback address alone. So that a room can
reach the board in it, this program listens where the instructor said.
"""

import asyncio
import contextlib
import sys

CONNECTIONS = 300
BYTES = 65536
IDLE = 120.0  # seconds without a byte


async def serve(address: str, port: int, target: int) -> None:
    """Listen at an address and pass every connection on to a loopback port.

    Raises:
        OSError: the address cannot be used.
    """
    slots = asyncio.Semaphore(CONNECTIONS)

    async def pass_on(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        async with slots:
            with contextlib.suppress(OSError, TimeoutError):
                other = await asyncio.open_connection("127.0.0.1", target)
                await asyncio.gather(
                    _copy(reader, other[1]), _copy(other[0], writer)
                )
            writer.close()

    server = await asyncio.start_server(pass_on, address, port)
    async with server:
        await server.serve_forever()


async def _copy(
    source: asyncio.StreamReader, target: asyncio.StreamWriter
) -> None:
    """Copy until the source ends or is silent for long."""
    try:
        while data := await asyncio.wait_for(source.read(BYTES), IDLE):
            target.write(data)
            await target.drain()
    finally:
        target.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
