"""peer serve               prints `listening <port>` and serves until stdin closes
peer check <host:port> [<check>…]
  prints `ok <check>` or `FAIL <check>: <why>` for each (none named: all); exits 1 on any FAIL
"""

import asyncio
import sys

import capnp

from checks import CHECKS
from objects import Interop
from schema import interop

CHECK_TIMEOUT_SECONDS = 15


async def serve():
    async def accept(stream):
        await capnp.TwoPartyServer(stream, bootstrap=Interop()).on_disconnect()

    server = await capnp.AsyncIoStream.create_server(accept, "127.0.0.1", 0)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


async def check_all(address, wanted):
    code = 0
    for name, check in CHECKS.items():
        if wanted and name not in wanted:
            continue
        try:
            await run_check(address, check)
            print("ok", name, flush=True)
        except Exception as problem:
            code = 1
            why = " ".join(str(problem).split()) or type(problem).__name__
            print(f"FAIL {name}: {why}", flush=True)
    return code


async def run_check(address, check):
    """Runs a check on a connection of its own."""
    host, port = address.rsplit(":", 1)
    client = capnp.TwoPartyClient(await capnp.AsyncIoStream.create_connection(host, int(port)))
    try:
        bootstrap = client.bootstrap().cast_as(interop.Interop)
        await asyncio.wait_for(check(bootstrap), CHECK_TIMEOUT_SECONDS)
    finally:
        client.close()


def main(arguments):
    match arguments:
        case ["serve"]:
            return asyncio.run(capnp.run(serve()))
        case ["check", address, *wanted]:
            return asyncio.run(capnp.run(check_all(address, wanted)))
        case _:
            print("usage: peer serve | peer check <host:port> [<check>…]", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
