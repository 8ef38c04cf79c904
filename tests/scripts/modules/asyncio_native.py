# _asyncio: futures and tasks in native code.
import _asyncio
import asyncio
import contextvars
import gc


def show(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except BaseException as e:
        print(type(e).__name__, e)


class Awaits:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield self.value


async def ended(coro):
    task = asyncio.create_task(coro)
    try:
        return await task
    except BaseException as e:
        return type(e).__name__, str(e).split(" <")[0]


async def awaiting(v):
    await v


async def futures():
    loop = asyncio.get_running_loop()
    f = _asyncio.Future(loop=loop)
    show(f.result)
    show(f.exception)
    show(f.set_exception, 1)
    print(f._state, f._callbacks, f.done(), f.get_loop() is loop)
    f.x = 1
    calls = []
    f.add_done_callback(lambda f: calls.append(("one", f.result())))
    two = lambda f: calls.append(("two", f.result()))
    f.add_done_callback(two)
    f.add_done_callback(two, context=contextvars.copy_context())
    print(len(f._callbacks), f.remove_done_callback(two), len(f._callbacks))
    f.set_result([f.x])
    show(f.set_result, 2)
    f.add_done_callback(two)
    await asyncio.sleep(0)
    print(calls, f._callbacks, await f)
    it = iter(f)
    show(next, it)
    show(next, it)
    g = loop.create_future()
    it = g.__await__()
    print(it.send(None) is g, g._asyncio_future_blocking)
    show(next, it)
    show(it.throw, KeyError("k"))
    show(next, it)
    print(g.cancel("why"), g.cancel(), g.cancelled(), g._cancel_message)
    show(g.result)
    h = loop.create_future()
    h.set_exception(StopIteration(3))
    show(h.exception)
    print(h._log_traceback)
    e = loop.create_future()
    e.set_exception(ValueError)
    print(e._log_traceback)
    show(e.result)
    print(e._log_traceback)
    for name in ("_state", "_loop", "_result"):
        show(setattr, e, name, 1)
    show(setattr, e, "_log_traceback", True)
    show(delattr, e, "_cancel_message")
    u = _asyncio.Future.__new__(_asyncio.Future)
    for name in ("result", "cancel", "get_loop", "__repr__", "__await__"):
        show(getattr(u, name))


async def tasks():
    loop = asyncio.get_running_loop()
    me = asyncio.current_task()
    print(me in asyncio.all_tasks(), len(asyncio.all_tasks()))
    t = asyncio.create_task(asyncio.sleep(0, "slept"), name=7)
    print(t.get_name(), len(asyncio.all_tasks()), await t, len(asyncio.all_tasks()))
    show(t.set_result, 1)
    show(t.set_exception, 1)
    show(_asyncio.Task, 5, loop=loop)
    for v in (1, me, loop.create_future(), (x for x in ())):
        print(await ended(awaiting(Awaits(v))))

    async def itself():
        await asyncio.current_task()

    print(await ended(itself()))
    show(_asyncio._enter_task, 1, me)
    try:
        _asyncio._enter_task(loop, me)
    except RuntimeError as e:
        print(str(e)[:17])
    print(_asyncio._swap_current_task(loop, None) is me, asyncio.current_task())
    _asyncio._swap_current_task(loop, me)

    # Cancelling.
    log = []

    async def stubborn():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as e:
            log.append(e.args)
            await asyncio.sleep(0)
        return "survived"

    s = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    print(s.cancel("enough"), s.cancelling(), await s, s.uncancel(), log)
    c = asyncio.create_task(asyncio.sleep(10))
    print(c.cancel("before it ran"))
    try:
        await c
    except asyncio.CancelledError as e:
        print("cancelled", e.args, c.cancelled())

    # A subclass, and a context.
    class Task(asyncio.Task):
        def done(self):
            return super().done()

    var = contextvars.ContextVar("var", default=0)

    async def reads():
        var.set(var.get() + 1)
        await asyncio.sleep(0)
        return var.get()

    ctx = contextvars.copy_context()
    print(await Task(reads(), loop=loop, context=ctx), ctx[var], var.get(), await Task(reads(), context=ctx))

    # Eager tasks.
    async def at_once(wait):
        log.append(asyncio.current_task().get_name())
        if wait:
            await asyncio.sleep(0)
        return wait

    early = asyncio.Task(at_once(False), loop=loop, eager_start=True, name="early")
    late = asyncio.Task(at_once(True), loop=loop, eager_start=True, name="late")
    print(early.done(), early.get_coro(), late.done(), log[1:], await late, asyncio.current_task() is me)

    # Who awaits whom.
    f = loop.create_future()
    waiters = [asyncio.create_task(awaiting(f), name=f"w{i}") for i in range(2)]
    await asyncio.sleep(0)
    print(sorted(w.get_name() for w in f._asyncio_awaited_by))
    f.set_result(None)
    await asyncio.gather(*waiters)
    print(f._asyncio_awaited_by)

    # Exceptions that end the program pass the loop.
    async def raises(e):
        raise e

    print(await ended(raises(KeyError("inner"))))


def unseen():
    """What nobody retrieves or awaits is told to the loop when it dies."""
    loop = asyncio.new_event_loop()
    told = []
    loop.set_exception_handler(lambda loop, context: told.append((sorted(context), context["message"])))
    f = loop.create_future()
    f.set_exception(ValueError("unseen"))
    t = loop.create_task(awaiting(loop.create_future()))
    loop.call_soon(loop.stop)
    loop.run_forever()
    del f, t
    for _ in range(3):
        [i for i in range(100)]
        gc.collect()
    print(sorted(told))
    loop.close()


async def many():
    async def leaf(n):
        await asyncio.sleep(0)
        return n

    async def tree(n):
        if n == 0:
            return await leaf(1)
        return sum(await asyncio.gather(*[tree(n - 1) for _ in range(3)]))

    print(await tree(4))
    async with asyncio.TaskGroup() as group:
        made = [group.create_task(leaf(i)) for i in range(5)]
    print([t.result() for t in made])
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        print("timeout")


asyncio.run(futures())
asyncio.run(tasks())
unseen()
asyncio.run(many())
show(asyncio.get_running_loop)
