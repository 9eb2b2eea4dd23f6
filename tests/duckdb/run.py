"""Runs the SQL on standard input with DuckDB and prints the rows of its last statement as a Markdown table."""

import sys

import duckdb

# Nothing is fetched: what the queries need is in the package.
connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
connection.execute("SET TimeZone = 'UTC'")
result = connection.execute(sys.stdin.read())


def cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


names = [column[0] for column in result.description]
print("| " + " | ".join(names) + " |")
print("|" + "---|" * len(names))
for row in result.fetchall():
    print("| " + " | ".join(cell(value) for value in row) + " |")
