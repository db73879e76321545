#!/usr/bin/env python3
"""Tells what is in a CSV file. Reads only.

usage: profile-csv.py FILE
"""
import csv
import sys
from collections import Counter

ENCODINGS = ("utf-8-sig", "cp1252")
SAMPLE = 64 * 1024


def detect(path):
    """Returns the first encoding that reads the whole file, and the delimiter of its first lines."""
    for encoding in ENCODINGS:
        try:
            with open(path, encoding=encoding, newline="") as file:
                head = file.read(SAMPLE)
                while file.read(SAMPLE):
                    pass
            break
        except UnicodeDecodeError:
            continue
    else:
        sys.exit(f"{path}: neither UTF-8 nor Windows-1252")
    try:
        return encoding, csv.Sniffer().sniff(head, delimiters=",;\t|").delimiter
    except csv.Error:
        return encoding, ","


def main(path):
    encoding, delimiter = detect(path)
    with open(path, encoding=encoding, newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        header = next(rows, None)
        if header is None:
            sys.exit(f"{path}: empty")
        values = [Counter() for _ in header]
        ragged, seen, doubled, total = [], set(), 0, 0
        for row in rows:
            total += 1
            if len(row) != len(header):
                ragged.append(rows.line_num)
            doubled += tuple(row) in seen
            seen.add(tuple(row))
            for counter, cell in zip(values, row):
                counter[cell.strip()] += 1
    print(f"{path}: {encoding}, delimiter {delimiter!r}, {len(header)} columns, {total} rows")
    print(f"  ragged rows: {len(ragged)}" + (f" (first at line {ragged[0]})" if ragged else ""))
    print(f"  duplicate rows: {doubled}")
    for name, counter in zip(header, values):
        samples = [value for value, _ in counter.most_common(4) if value][:3]
        print(f"  {name.strip()!r}: {counter['']} empty, {len(counter)} different, e.g. {samples}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1])
