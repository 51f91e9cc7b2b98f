"""The statements of `npm run sessions` in DuckDB's Python package. Usage: duckdb_python.py STATEMENTS.json"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import duckdb

with open(sys.argv[1], encoding="utf-8") as file:
    statements = json.load(file)
connection = duckdb.connect(config=statements["config"])
for statement in statements["before"]:
    connection.execute(statement)
with ThreadPoolExecutor(2) as readers:
    list(readers.map(lambda statement: connection.cursor().execute(statement), statements["read"]))
for statement in statements["after"]:
    connection.execute(statement)
for statement in statements["ask"]:
    print(connection.execute(statement).fetchall())
