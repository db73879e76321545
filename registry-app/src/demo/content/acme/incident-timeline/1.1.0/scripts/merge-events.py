#!/usr/bin/env python3
"""Merges text logs into one timeline in UTC. Each line starts with an ISO 8601 time; other lines belong to the one before.

usage: merge-events.py [--zone NAME=+HH:MM]... NAME=FILE...
example: merge-events.py --zone chat=+01:00 alerts=alerts.log chat=export.txt
"""
import argparse
import re
import sys
from datetime import datetime, timedelta, timezone

TIME = re.compile(r"^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:?\d\d)?\]?[\s,:|-]*(.*)$")
GAP = timedelta(minutes=10)


def read_zone(text):
    if text == "Z":
        return timezone.utc
    match = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text)
    if match is None:
        raise ValueError(f"not an offset like +01:00: {text}")
    sign = 1 if match[1] == "+" else -1
    return timezone(sign * timedelta(hours=int(match[2]), minutes=int(match[3])))


def read_time(text):
    date, clock = text[:10], text[11:]
    for layout in ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M"):
        try:
            return datetime.strptime(f"{date} {clock}", f"%Y-%m-%d {layout}")
        except ValueError:
            continue
    raise ValueError(f"not a time: {text}")


def read_events(name, path, zone):
    events = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            match = TIME.match(line.rstrip("\n"))
            if match is None:
                if events and line.strip():
                    events[-1][3] += " " + line.strip()
                continue
            offset = read_zone(match[2]) if match[2] else zone
            if offset is None:
                sys.exit(f"{path}:{number}: no time zone; pass --zone {name}=+HH:MM")
            moment = read_time(match[1]).replace(tzinfo=offset).astimezone(timezone.utc)
            events.append([moment, name, number, match[3].strip()])
    return events


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zone", action="append", default=[], metavar="NAME=+HH:MM")
    parser.add_argument("sources", nargs="+", metavar="NAME=FILE")
    args = parser.parse_args()
    zones = {name: read_zone(offset) for name, _, offset in (zone.partition("=") for zone in args.zone)}
    events = []
    for source in args.sources:
        name, _, path = source.partition("=")
        events += read_events(name, path, zones.get(name))
    before, seen = None, set()
    print("| UTC | source | event |\n| --- | --- | --- |")
    for moment, name, number, text in sorted(events, key=lambda event: (event[0], event[1], event[2])):
        if (moment, text) in seen:
            continue
        seen.add((moment, text))
        if before is not None and moment - before > GAP:
            print(f"| | | _gap of {(moment - before).seconds // 60 + (moment - before).days * 1440} minutes_ |")
        cell = text.replace("|", "\\|")
        print(f"| {moment:%Y-%m-%d %H:%M:%S} | {name}:{number} | {cell} |")
        before = moment


if __name__ == "__main__":
    main()
