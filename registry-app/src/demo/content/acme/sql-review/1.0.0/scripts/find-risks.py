#!/usr/bin/env python3
"""Points at statements of SQL files that deserve a second look. Reads files, runs nothing.

usage: find-risks.py FILE.sql...      exit 1 when something was found
"""
import re
import sys

RISKS = [
    (r"^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)", "block", "index build blocks writes; use CONCURRENTLY"),
    (r"^ALTER TABLE .* ADD COLUMN (?!.* DEFAULT ).* NOT NULL", "block", "fails when the table has rows; add nullable first"),
    (r"^ALTER TABLE .* ALTER (COLUMN )?\S+ (SET DATA )?TYPE ", "block", "rewrites the table under a full lock"),
    (r"^ALTER TABLE .* SET NOT NULL", "warn", "scans the table under a full lock; validate a CHECK first"),
    (r"^ALTER TABLE .* FOREIGN KEY (?!.* NOT VALID)", "warn", "scans both tables; add NOT VALID, then VALIDATE"),
    (r"^ALTER TABLE .* DROP COLUMN", "warn", "old code may still read the column"),
    (r"^(DROP TABLE|TRUNCATE) ", "block", "loses rows for good"),
    (r"^DELETE FROM (?!.* WHERE )", "block", "deletes every row"),
    (r"^UPDATE (?!.* WHERE )", "block", "rewrites every row in one transaction"),
    (r"^(VACUUM FULL|CLUSTER)\b", "block", "rewrites the table under a full lock"),
    (r"^SELECT \*", "note", "names no columns; breaks when one is added"),
]
TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|;", re.DOTALL)


def blank(text):
    """Keeps line numbers, forgets the words."""
    return re.sub(r"[^\n]", " ", text)


def split_statements(sql):
    """Yields (line, statement), with comments and strings blanked so that their words are not taken for SQL."""
    plain, ends, at = [], [], 0
    for match in TOKEN.finditer(sql):
        plain.append(sql[at:match.start()])
        if match.group() == ";":
            ends.append(match.start())
            plain.append(";")
        else:
            plain.append(blank(match.group()))
        at = match.end()
    text = "".join(plain) + sql[at:]
    start = 0
    for end in [*ends, len(text)]:
        statement = text[start:end]
        words = " ".join(statement.split())
        if words:
            offset = start + len(statement) - len(statement.lstrip())
            yield text.count("\n", 0, offset) + 1, words
        start = end + 1


def main(paths):
    if not paths:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    found = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line, statement in split_statements(file.read()):
                for pattern, severity, why in RISKS:
                    if re.search(pattern, statement, re.IGNORECASE):
                        found += 1
                        print(f"{path}:{line}: {severity}: {why}\n    {statement[:100]}")
    print(f"{found} to look at" if found else "nothing stands out; that is not a proof")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
