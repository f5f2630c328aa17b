"""What a client checks of a server; README.md says what each check claims.

A capability keeps the one it came from, so `del` is how a check lets go.
"""

import asyncio

import capnp

from objects import Callback, Journal, Number, as_future, new_promise
from sample import difference_from_sample, fill_sample
from schema import interop as types

PURPOSE = "on purpose"
CONCURRENT_CALLS = 200
BIG_SIZES_BYTES = (1 << 20, 8 << 20)
CHUNKS = 64
CHUNK_BYTES = 16 << 10

CHECKS = {}


class Problem(Exception):
    """A check that fails, and why."""


def check(run):
    CHECKS[run.__name__.replace("_", "-")] = run
    return run


def expect(condition, what):
    if not condition:
        raise Problem(what)


def expect_equal(actual, expected, what):
    expect(actual == expected, f"{what} is {actual!r}, not {expected!r}")


async def expect_value(number, expected):
    expect_equal((await number.value()).value, expected, "the value")


async def expect_failure(call, kind, reason):
    try:
        await call
    except capnp.KjException as exception:
        expect_equal(exception.type, kind, "the kind of exception")
        expect(reason in exception.description, f"the reason is lost: {exception.description}")
    else:
        raise Problem("the call succeeded")


def expect_in_order(journal, count):
    expect_equal(journal.texts, [str(i) for i in range(count)], "the order of delivery")


async def expect_forwarded(interop, target, host):
    calls = [as_future(interop.forward(target, str(i))) for i in range(10)]
    replies = [reply.text for reply in await asyncio.gather(*calls)]
    expect_equal(replies, [f"{host}: {i}" for i in range(10)], "the replies")


# Values


@check
async def values_sent(interop):
    request = interop.checkSample_request()
    fill_sample(request.init("sample"))
    expect_equal((await request.send()).difference, "", "the difference")


@check
async def values_received(interop):
    reply = await interop.giveSample()
    expect_equal(difference_from_sample(reply.sample), "", "the difference")


# Pipelines


@check
async def pipeline_chain(interop):
    last = interop.number(1).number
    for _ in range(50):
        last = last.plus(1).number
    await expect_value(last, 51)


@check
async def pipeline_path(interop):
    await expect_value(interop.box(7).box.inner.number, 7)


@check
async def pipeline_parameter(interop):
    await expect_forwarded(interop, interop.callback().callback, "server")


@check
async def pipeline_dropped_parent(interop):
    await expect_value(interop.number(4).number.plus(1).number, 5)


@check
async def pipeline_broken(interop):
    broken = interop.fail("failed", PURPOSE)
    await expect_failure(broken.number.value(), "FAILED", PURPOSE)
    await expect_value(interop.number(3).number, 3)


# Capabilities as parameters


@check
async def capability_list(interop):
    theirs = (await interop.number(1)).number
    another = (await interop.number(300)).number
    request = interop.sum_request()
    numbers = request.init("numbers", 4)
    numbers[0] = theirs
    numbers[1] = Number(20)
    numbers[2] = theirs
    numbers[3] = another
    expect_equal((await request.send()).sum, 322, "the sum")


async def expect_replies(call, host, count):
    replies = list((await call).replies)
    expect_equal(replies, [f"{host}: ask {i}" for i in range(count)], "the replies")


@check
async def callback(interop):
    await expect_replies(interop.ask(Callback("caller", Journal()), 3), "caller", 3)


@check
async def null_capability(interop):
    expect((await interop.isNull()).isNull, "null arrived as an object")
    reply = await interop.isNull(Callback("caller", Journal()))
    expect(not reply.isNull, "an object arrived as null")


@check
async def promise_parameter(interop):
    promise, outcome = new_promise()
    call = interop.ask(promise, 2)
    await expect_value(interop.number(1).number, 1)
    outcome.set_result(Callback("caller", Journal()))
    await expect_replies(call, "caller", 2)


@check
async def promise_to_server(interop):
    promise, outcome = new_promise()
    call = interop.ask(promise, 2)
    outcome.set_result((await interop.callback()).callback)
    await expect_replies(call, "server", 2)


# Promises that resolve, and the embargo


def notify_all(target, numbers):
    return [as_future(target.notify(str(i))) for i in numbers]


@check
async def embargo_on_return(interop):
    journal = Journal()
    call = interop.identity(Callback("caller", journal))
    own = call.callback
    calls = notify_all(own, range(3))
    await call
    calls += notify_all(own, range(3, 6))
    await asyncio.gather(*calls)
    expect_in_order(journal, 6)


@check
async def resolve_to_caller(interop):
    journal = Journal()
    later = (await interop.later()).later
    promised = (await later.callback()).callback
    calls = notify_all(promised, range(3))
    fulfilled = later.fulfil(Callback("caller", journal))
    calls += notify_all(promised, range(3, 6))
    await fulfilled
    calls += notify_all(promised, range(6, 9))
    await asyncio.gather(*calls)
    expect_in_order(journal, 9)


@check
async def resolve_to_server(interop):
    later = (await interop.later()).later
    promised = (await later.callback()).callback
    before = promised.notify("before")
    await later.fulfil((await interop.callback()).callback)
    expect_equal((await before).text, "server: before", "a reply")
    expect_equal((await promised.notify("after")).text, "server: after", "a reply")


@check
async def resolve_broken(interop):
    later = (await interop.later()).later
    promised = (await later.callback()).callback
    before = promised.notify("before")
    await later.reject(PURPOSE)
    await expect_failure(before, "FAILED", PURPOSE)
    await expect_failure(promised.notify("after"), "FAILED", PURPOSE)


# Exceptions


async def exception(interop, kind):
    await expect_failure(interop.fail(kind, PURPOSE), kind.upper(), PURPOSE)
    await expect_value(interop.number(3).number, 3)


@check
async def exception_failed(interop):
    await exception(interop, "failed")


@check
async def exception_overloaded(interop):
    await exception(interop, "overloaded")


@check
async def exception_disconnected(interop):
    await exception(interop, "disconnected")


@check
async def exception_unimplemented(interop):
    await exception(interop, "unimplemented")


@check
async def unknown_method(interop):
    newer = interop.cast_as(types.Newer)
    await expect_failure(newer.added(), "UNIMPLEMENTED", "")
    await expect_value(newer.number(5).number, 5)


# Cancellation and release


@check
async def cancel_seen(interop):
    hanger = (await interop.hanger()).hanger
    call = hanger.hang()
    await expect_value(interop.number(1).number, 1)
    call.cancel()
    await hanger.whenCancelled()


@check
async def cancel_drops_parameters(interop):
    witness = Journal()
    hanger = (await interop.hanger()).hanger
    call = hanger.hang(Callback("caller", witness))
    await expect_value(interop.number(1).number, 1)
    call.cancel()
    await witness.released.wait()


async def make(nursery):
    return (await nursery.make()).child


@check
async def release_counted(interop):
    nursery = (await interop.nursery()).nursery
    first, second, kept = await make(nursery), await make(nursery), await make(nursery)
    expect_equal((await nursery.live()).count, 3, "the live count")
    del first, second
    await nursery.whenLive(1)
    await kept.ping()
    del kept
    await nursery.whenLive(0)


@check
async def release_dropped_call(interop):
    nursery = (await interop.nursery()).nursery
    nursery.make().cancel()
    kept = await make(nursery)
    await nursery.whenLive(1)
    await kept.ping()


@check
async def release_by_server(interop):
    journal = Journal()
    holder = (await interop.holder(Callback("caller", journal))).holder
    expect_equal((await holder.notify("held")).text, "caller: held", "the reply")
    del holder
    await journal.released.wait()


# Tail calls


@check
async def tail_call_to_caller(interop):
    journal = Journal()
    await expect_forwarded(interop, types.Callback._new_client(Callback("caller", journal)), "caller")
    expect_in_order(journal, 10)


@check
async def tail_call_to_server(interop):
    await expect_forwarded(interop, (await interop.callback()).callback, "server")


# Volume


@check
async def big_data(interop):
    for size_bytes in BIG_SIZES_BYTES:
        pattern = bytes((i * 31 + (i >> 8)) & 0xFF for i in range(1 << 16))
        data = pattern * (size_bytes // len(pattern))
        expect((await interop.echo(data)).data == data, f"the echo of {size_bytes} bytes differs")


@check
async def concurrent_calls(interop):
    gate = interop.gate().gate
    calls = [as_future(gate.meet(CONCURRENT_CALLS)) for _ in range(CONCURRENT_CALLS)]
    places = [reply.place for reply in await asyncio.gather(*calls)]
    expect_equal(places, list(range(CONCURRENT_CALLS)), "the places")


@check
async def stream(interop):
    sink = interop.sink().sink
    for _ in range(CHUNKS):
        await sink.write(bytes(CHUNK_BYTES))
    expect_equal((await sink.done()).bytes, CHUNKS * CHUNK_BYTES, "the bytes")
