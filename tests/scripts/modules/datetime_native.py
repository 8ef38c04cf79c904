# datetime: construction, arithmetic, text, zones, pickling, errors.
import copy, pickle
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


# timedelta
for kwargs in ({"days": 1.5}, {"weeks": -1, "microseconds": 1}, {"seconds": 0.1, "milliseconds": 0.5}, {"microseconds": 0.5}, {"microseconds": 1.5}):
    d = timedelta(**kwargs)
    print(repr(d), str(d), d.total_seconds())
d = timedelta(1, 2, 3)
print(d * 3, 3 * d, d * 0.5, d / 2, d / 0.3, d // 7, d // timedelta(seconds=5), d % timedelta(hours=5), divmod(-d, timedelta(hours=5)))
print(-d, abs(-d), +d, bool(d), bool(timedelta()), d > timedelta(1), d == timedelta(1, 2, 3), hash(d) == hash(timedelta(1, 2, 3)))
for f in (lambda: timedelta(10**9), lambda: timedelta("x"), lambda: d / 0, lambda: d * "x", lambda: d < 1, lambda: timedelta.max * 2, lambda: timedelta(float("nan"))):
    attempt(f)

# date
x = date(2024, 2, 29)
print(x, x.weekday(), x.isoweekday(), x.isocalendar(), x.toordinal(), x.timetuple().tm_yday, x.ctime())
print(x + timedelta(366), x - date(2000, 1, 1), x.replace(year=2023, day=1), f"{x:%d/%m/%y}", x.strftime("%j %U"))
for text in ("2024-02-29", "20240229", "2024-W09-4", "2024W09"):
    print(date.fromisoformat(text), end=" ")
print(date.fromordinal(1), date.fromisocalendar(2020, 53, 7), date.strptime("3 Mar 2001", "%d %b %Y"))
for f in (lambda: date(2023, 2, 29), lambda: date(0, 1, 1), lambda: date(2000), lambda: date.fromisoformat("2024-2-1"), lambda: date.max + timedelta(1), lambda: x < datetime.now(), lambda: date.fromisocalendar(2021, 53, 1), lambda: x + 1):
    attempt(f)

# time
t = time(1, 2, 3, 4, tzinfo=UTC)
print(repr(t), t, t.isoformat("minutes"), t.replace(hour=23, fold=1), t.utcoffset(), t.tzname(), t.dst())
print(time.fromisoformat("T12:30:45,123Z"), time.fromisoformat("2359"), time(1) < time(2), time(5, tzinfo=UTC) == time(6, tzinfo=timezone(timedelta(hours=1))))
for f in (lambda: time(24), lambda: time(1, tzinfo=3), lambda: time.fromisoformat("25"), lambda: time(1) < t, lambda: time(fold=2), lambda: t.isoformat("eons")):
    attempt(f)

# datetime
n = datetime(2024, 12, 31, 23, 59, 59, 999999)
print(repr(n), n, n + timedelta(microseconds=1), n.isoformat("*", "milliseconds"), n.date(), n.time(), n.timetuple()[:8])
for text in ("2024-01-02", "2024-01-02T03", "20240102T030405.5+0130", "2024-W01-2 24:00", "2024-01-02T03:04:05.678901-23:59:59.5"):
    print(repr(datetime.fromisoformat(text)))
for text in ("2024-01-02T", "2024-01-02T3", "2024-13-01", "x", "2024-01-02T03:04:05+24:00", "9999-12-31T24:00"):
    attempt(datetime.fromisoformat, text)
a = datetime(2024, 6, 1, 12, tzinfo=timezone(timedelta(hours=2), "A"))
b = datetime(2024, 6, 1, 10, tzinfo=UTC)
print(a == b, a - b, hash(a) == hash(b), a.astimezone(UTC), b.astimezone(timezone(-timedelta(hours=3.5))), a.timestamp(), a.utctimetuple()[:6])
print(a.strftime("%Y-%m-%d %H:%M:%S.%f %z %:z %Z %%"), datetime(7, 1, 1).strftime("%Y|%F|%C|%G"), f"{a:%H}", f"{a}")
print(datetime.fromtimestamp(1e9, UTC), datetime.fromtimestamp(-0.5, UTC), datetime.combine(x, t), datetime.strptime("2024 +0530", "%Y %z"))
for f in (lambda: n < a, lambda: n - a, lambda: n == a, lambda: datetime(2024, 1, 1, 25), lambda: n.replace(month=13), lambda: datetime.max + timedelta(1), lambda: n.isoformat(5), lambda: datetime.combine(1, 2), lambda: n - 5):
    attempt(f)


# Zones written in Python
class Zone(tzinfo):
    def utcoffset(self, dt):
        return timedelta(hours=1) + self.dst(dt)

    def dst(self, dt):
        return timedelta(hours=dt is not None and 3 < dt.month < 11)

    def tzname(self, dt):
        return "summer" if self.dst(dt) else "winter"


z = Zone()
for month in (1, 7):
    d = datetime(2024, month, 1, tzinfo=UTC).astimezone(z)
    print(d, d.tzname(), d.dst(), d.timetuple().tm_isdst)
attempt(tzinfo().utcoffset, None)
attempt(timezone, timedelta(1))
attempt(timezone.utc.fromutc, n)
print(timezone.utc, timezone(timedelta(minutes=-90)), timezone.min, timezone.max, timezone(timedelta(0)) is UTC)


# Subclasses keep their class
class Stamp(datetime):
    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        self.mark = "made"
        return self


s = Stamp(2024, 1, 1, fold=1)
print(repr(s + timedelta(1)), type(s.replace(day=2)).__name__, type(Stamp.now()).__name__, s.mark, type(Stamp.fromisoformat("2024-01-01")).__name__)
for value in (x, t, n, a, d, s, timedelta(5), UTC, timezone(timedelta(1) / 2, "half"), date(1, 1, 1).isocalendar()):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(value, protocol))
        assert back == value and type(back) is (tuple if "Iso" in str(type(value)) else type(value)), (value, protocol, back)
    assert copy.deepcopy(value) == value
print(s.__reduce_ex__(4), s.__reduce_ex__(2), MAXYEAR, datetime.resolution, time.max)
