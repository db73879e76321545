#!/usr/bin/env python3
"""Draws the second column of a CSV file as bars, as SVG on standard output."""
import csv
import sys

import yaml


def main():
    with open(sys.argv[1], newline="") as table:
        rows = [(row[0], float(row[1])) for row in list(csv.reader(table))[1:]]
    with open("style.yaml") as style:
        colour = yaml.safe_load(style).get("colour", "steelblue")
    top = max((value for _, value in rows), default=1)
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="{24 * len(rows)}">')
    for at, (_, value) in enumerate(rows):
        print(f'<rect y="{24 * at}" width="{400 * value / top:.0f}" height="20" fill="{colour}"/>')
    print("</svg>")


main()
