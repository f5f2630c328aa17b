"""The objects both roles host: what a server offers, and the callbacks and numbers a client lends.

pycapnp calls a method with its parameters by name and `_context`, or, named `<method>_context`,
with the context alone. It makes every exception a method raises `failed`.
"""

import asyncio

import capnp

from sample import difference_from_sample, fill_sample
from schema import interop


class Interop(interop.Interop.Server):
    async def checkSample(self, sample, **_):
        return difference_from_sample(sample)

    async def giveSample(self, _context):
        fill_sample(_context.results.init("sample"))

    async def number(self, value, **_):
        return Number(value)

    async def box(self, value, _context):
        inner = _context.results.init("box").init("inner")
        inner.label = "inner"
        inner.number = Number(value)

    async def sum(self, numbers, **_):
        replies = await asyncio.gather(*[as_future(number.value()) for number in numbers])
        return sum(reply.value for reply in replies)

    async def callback(self, **_):
        return Callback("server", Journal())

    async def ask(self, callback, times, **_):
        calls = [as_future(callback.notify(f"ask {i}")) for i in range(times)]
        return [reply.text for reply in await asyncio.gather(*calls)]

    async def isNull(self, _context, **_):
        return not _context.params._has("callback")

    async def identity(self, callback, **_):
        return callback

    async def forward_context(self, context):
        params = context.params
        await context.tail_call(params.callback.notify_request(text=params.text))

    async def later(self, **_):
        return Later()

    async def holder(self, callback, **_):
        return Holder(callback)

    async def nursery(self, **_):
        return Nursery()

    async def hanger(self, **_):
        return Hanger()

    async def gate(self, **_):
        return Gate()

    async def fail(self, kind, reason, **_):
        raise capnp.KjException(reason, type=str(kind).upper())

    async def echo(self, data, **_):
        return data

    async def sink(self, **_):
        return Sink()


def as_future(call):
    """A call starts when it is made; a future of its reply can be gathered with others."""

    async def reply():
        return await call

    return asyncio.ensure_future(reply())


class Number(interop.Number.Server):
    def __init__(self, value):
        self.own = value

    async def value(self, **_):
        return self.own

    async def plus(self, amount, **_):
        return Number(self.own + amount)


class Journal:
    """What happened to a callback that this process lends out."""

    def __init__(self):
        self.texts = []
        self.released = asyncio.Event()


class Callback(interop.Callback.Server):
    """Answers "<host>: <text>"."""

    def __init__(self, host, journal):
        self.host = host
        self.journal = journal

    async def notify(self, text, **_):
        self.journal.texts.append(text)
        return f"{self.host}: {text}"

    def __del__(self):
        self.journal.released.set()


class Pending(interop.Later.Server):
    """Answers once it knows what: what is pipelined on the answer is a promise until then."""

    def __init__(self, outcome):
        self.outcome = outcome

    async def callback(self, **_):
        return await self.outcome


def new_promise():
    """A promise for a callback, and the future that settles it."""
    outcome = asyncio.get_running_loop().create_future()
    return interop.Later._new_client(Pending(outcome)).callback().callback, outcome


class Later(interop.Later.Server):
    def __init__(self):
        self.promise, self.outcome = new_promise()

    async def callback(self, **_):
        return self.promise

    async def fulfil(self, callback, **_):
        self.outcome.set_result(callback)

    async def reject(self, reason, **_):
        self.outcome.set_exception(capnp.KjException(reason))


class Holder(interop.Holder.Server):
    def __init__(self, callback):
        self.held = callback

    async def notify(self, text, **_):
        return (await self.held.notify(text)).text


class Watched:
    """A number that can be waited for."""

    def __init__(self):
        self.number = 0
        self.changed = asyncio.Event()

    def add(self, difference):
        self.number += difference
        self.changed.set()
        self.changed = asyncio.Event()

    async def becomes(self, number):
        while self.number != number:
            await self.changed.wait()


class Nursery(interop.Nursery.Server):
    def __init__(self):
        self.children = Watched()

    async def make(self, **_):
        return Child(self.children)

    async def live(self, **_):
        return self.children.number

    async def whenLive(self, count, **_):
        await self.children.becomes(count)


class Child(interop.Child.Server):
    def __init__(self, children):
        self.children = children
        children.add(1)

    async def ping(self, **_):
        pass

    def __del__(self):
        self.children.add(-1)


class Hanger(interop.Hanger.Server):
    def __init__(self):
        self.cancelled = asyncio.Event()

    async def hang(self, witness, **_):
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()

    async def whenCancelled(self, **_):
        await self.cancelled.wait()


class Gate(interop.Gate.Server):
    def __init__(self):
        self.here = Watched()

    async def meet(self, total, **_):
        place = self.here.number
        self.here.add(1)
        await self.here.becomes(total)
        return place


class Sink(interop.Sink.Server):
    def __init__(self):
        self.bytes = 0

    async def write(self, chunk, **_):
        self.bytes += len(chunk)

    async def done(self, **_):
        return self.bytes
