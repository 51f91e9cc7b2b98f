"""The statements of `npm run sessions` in DuckDB's Python package. Usage: duckdb_python.py STATEMENTS.json"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import duckdb

with open(sys.argv[1], encoding="utf-8") as file:
    statements = json.load(file)
connection = duckdb.connect(config=statements["config"])
for statement in statements["before"]:
    connection.execute(statement)

one_at_a_time = threading.Lock()


def read(file):
    cursor = connection.cursor()
    cursor.execute(file["read"])
    with one_at_a_time:
        cursor.execute(file["addKinds"])
    cursor.execute(file["add"])


with ThreadPoolExecutor(2) as readers:
    list(readers.map(read, statements["read"]))
for statement in statements["after"]:
    connection.execute(statement)
for statement in statements["ask"]:
    print(connection.execute(statement).fetchall())
