#!/usr/bin/env python3
"""Writes a cleaned copy of a CSV file and counts every repair. Never overwrites.

usage: clean-csv.py [--drop-duplicates] FILE NEW_FILE
"""
import argparse
import csv
import io
import os
import re
import sys
from collections import Counter

ENCODINGS = ("utf-8-sig", "cp1252")


def read_text(path):
    for encoding in ENCODINGS:
        try:
            with open(path, encoding=encoding, newline="") as file:
                return file.read()
        except UnicodeDecodeError:
            continue
    sys.exit(f"{path}: neither UTF-8 nor Windows-1252")


def find_delimiter(text):
    try:
        return csv.Sniffer().sniff(text[:65536], delimiters=",;\t|").delimiter
    except csv.Error:
        return ","


def clean_header(names):
    """Lower case words joined by underscores; a name that comes twice gets a number."""
    taken = Counter()
    header = []
    for at, name in enumerate(names, 1):
        plain = re.sub(r"\W+", "_", name.strip().lower()).strip("_") or f"column_{at}"
        taken[plain] += 1
        header.append(plain if taken[plain] == 1 else f"{plain}_{taken[plain]}")
    return header


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drop-duplicates", action="store_true")
    parser.add_argument("file")
    parser.add_argument("new_file")
    args = parser.parse_args()

    if os.path.lexists(args.new_file):
        sys.exit(f"{args.new_file} is already there; nothing was written")
    text = read_text(args.file)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text))
    names = next(rows, None)
    if names is None:
        sys.exit(f"{args.file}: empty")
    header, repairs, seen = clean_header(names), Counter(), set()
    repairs["header names changed"] = sum(old != new for old, new in zip(names, header))
    cleaned = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            repairs["empty rows dropped"] += 1
            continue
        if len(row) != len(header):
            sys.exit(f"{args.file}:{rows.line_num}: {len(row)} cells, the header has {len(header)}; nothing was written")
        trimmed = [cell.strip() for cell in row]
        repairs["cells trimmed"] += sum(old != new for old, new in zip(row, trimmed))
        if args.drop_duplicates and tuple(trimmed) in seen:
            repairs["duplicate rows dropped"] += 1
            continue
        seen.add(tuple(trimmed))
        cleaned.append(trimmed)
    with open(args.new_file, "x", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *cleaned])
    print(f"{args.new_file}: {len(cleaned)} rows")
    for what, count in sorted(repairs.items()):
        print(f"  {what}: {count}")


if __name__ == "__main__":
    main()
