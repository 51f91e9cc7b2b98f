"""Runs examples/spark/sessions.py once for each line of the standard input, its arguments as JSON, on one Spark: to start
it takes longer than all answers. Prints one line for each: what the run printed, as JSON.

usage: spark_runs.py FOLDER-OF-THE-EXAMPLE < runs
"""

import io
import json
import sys
from contextlib import redirect_stdout

from pyspark.sql import SparkSession

sys.path.insert(0, sys.argv[1])
import sessions  # noqa: E402

SparkSession.stop = lambda spark: spark.catalog.clearCache()
for line in sys.stdin:
    sys.argv = ["sessions.py", *json.loads(line)]
    printed = io.StringIO()
    with redirect_stdout(printed):
        sessions.main()
    print(json.dumps(printed.getvalue()), flush=True)
