"""The kernels of the loop in CPython's asyncio: one line `kernel items` in, one line `sum nanoseconds` out."""

import asyncio
import sys
import threading
import queue
import time


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)
    return count


async def joined(tasks):
    total = 0
    for task in tasks:
        total += await task
    return total


def switch(tasks):
    async def run(items):
        return await joined([asyncio.create_task(turns(items // tasks)) for _ in range(tasks)])

    return run


async def number(value):
    return value


async def spawn(items):
    total = 0
    for batch in range(items // 100):
        total += await joined([asyncio.create_task(number(batch ^ value)) for value in range(100)])
    return total


async def hops(items):
    loop = asyncio.get_running_loop()
    table = [loop.create_future(), loop.create_future()]

    async def player(me):
        total = 0
        for _ in range(items // 2):
            ball = await table[me]
            total += ball
            table[me] = loop.create_future()
            table[1 - me].set_result(ball + 1)
        return total

    tasks = [asyncio.create_task(player(0)), asyncio.create_task(player(1))]
    table[0].set_result(1)
    return await joined(tasks)


async def timers(items):
    async def sleeps(micros):
        await asyncio.sleep(micros / 1e6)
        return micros

    return await joined([asyncio.create_task(sleeps(at * 7919 % 1000)) for at in range(items)])


async def cancelled_timers(items):
    loop = asyncio.get_running_loop()
    for at in range(items):
        loop.call_later(1 + at % 1000 / 1000, int).cancel()
    return items


async def threads(items):
    loop = asyncio.get_running_loop()
    wakers = queue.SimpleQueue()

    def waking():
        while (future := wakers.get()) is not None:
            loop.call_soon_threadsafe(future.set_result, None)

    async def woken():
        for _ in range(items // 100):
            future = loop.create_future()
            wakers.put(future)
            await future
        return items // 100

    thread = threading.Thread(target=waking)
    thread.start()
    total = await joined([asyncio.create_task(woken()) for _ in range(100)])
    wakers.put(None)
    thread.join()
    return total


async def callbacks(items):
    loop = asyncio.get_running_loop()
    count = 0

    def callback():
        nonlocal count
        count += 1

    for batch in range(1, items // 100 + 1):
        for _ in range(100):
            loop.call_soon(callback)
        while count < 100 * batch:
            await asyncio.sleep(0)
    return count


async def cancel(items):
    async def waits():
        await asyncio.get_running_loop().create_future()

    tasks = [asyncio.create_task(waits()) for _ in range(items)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    cancelled = 0
    for task in tasks:
        try:
            await task
        except asyncio.CancelledError:
            cancelled += 1
    return cancelled


KERNELS = {
    "switch1": switch(1),
    "switch100": switch(100),
    "switch10000": switch(10_000),
    "spawn": spawn,
    "hops": hops,
    "timers": timers,
    "cancelled_timers": cancelled_timers,
    "threads": threads,
    "callbacks": callbacks,
    "cancel": cancel,
}

print(*KERNELS, flush=True)
for line in sys.stdin:
    name, items = line.split()
    begin = time.perf_counter_ns()
    total = asyncio.run(KERNELS[name](int(items)))
    print(total, time.perf_counter_ns() - begin, flush=True)
