"""The three answers about files of clicks on any Spark cluster, by the same queries that `npm run sessions` runs in DuckDB.

    spark-submit examples/spark/sessions.py part-*.json.gz > answers.json
    python3 examples/spark/sessions.py --gap 1800000 part-*.json.gz          # local mode, with `pip install pyspark`
    python3 examples/spark/sessions.py --ask gaps part-*.json.gz             # as `npm run sessions -- gaps`
    python3 examples/spark/sessions.py --ask rules part-*.json.gz            # as `npm run sessions -- --rule all`

The queries are the files of the folder sessions/ beside examples/. Lines that are no clicks end the job (FAILFAST);
`npm run sessions` sets them aside and names them. Keys are sorted, numbers are spelled as JavaScript does.
"""

import argparse
import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructField, StructType

QUERIES = Path(os.environ.get("SESSIONS_SQL", Path(__file__).resolve().parents[2] / "sessions"))
TABLES = ["steps", "single", "numbered", "lengths", "by_kind", "mixed", "by_value"]
"""Tables that more than one later query reads."""
KEPT = {"steps", "numbered", "lengths", "by_value"}
FIELDS = ["browser_family", "device_family", "os_family"]
CURVE_MINUTES = [1, 5, 10, 15, 30, 60]
RULES = ["ours", "flink", "spark", "midnight", "original", "quix"]


def query(name):
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def read_events(spark, paths):
    """The tables `events` and `kinds`; `file` is the position of a file's name among all of them in order."""
    names = sorted(Path(path).name for path in paths)
    spark.createDataFrame(list(enumerate(names)), "file int, name string").createOrReplaceTempView("files")
    texts = ["anonymous_id", "browser_family", "os_family", "device_family"]
    schema = StructType(
        [StructField(name, StringType(), False) for name in texts]
        + [StructField("device_sent_timestamp", LongType(), False)]
    )
    clicks = spark.read.schema(schema).option("mode", "FAILFAST").json(list(paths))
    name = F.element_at(F.split(F.input_file_name(), "/"), -1)
    numbers = F.create_map([F.lit(value) for pair in ((n, i) for i, n in enumerate(names)) for value in pair])
    kinds = clicks.select(FIELDS).distinct().withColumn("kind", F.row_number().over(Window.orderBy(FIELDS))).persist()
    kinds.createOrReplaceTempView("kinds")
    clicks.withColumn("file", numbers[name]).join(F.broadcast(kinds), FIELDS).select(
        F.col("anonymous_id").alias("visitor"),
        F.col("device_sent_timestamp").alias("sent_ms"),
        "file",
        "kind",
    ).createOrReplaceTempView("events")


def by_field(rows, column):
    return {field: {r.value: number(r[column]) for r in rows if r.field == field} for field in FIELDS}


def number(value):
    return int(value) if value == int(value) else value


def make_settings(spark, gap_ms, multi_event_only):
    spark.sql(
        f"SELECT CAST({gap_ms} AS BIGINT) AS gap_limit_ms, {0 if multi_event_only else 1} AS with_single"
    ).createOrReplaceTempView("settings")


def make_tables(spark, names):
    for name in names:
        table = spark.sql(query(name))
        (table.persist() if name in KEPT else table).createOrReplaceTempView(name)


def answers(spark):
    make_tables(spark, TABLES)
    return {
        "sessions_per_file": {r.file: number(r.sessions) for r in spark.sql(query("answer_files")).collect()},
        "sessions_per_value": by_field(spark.sql(query("answer_values")).collect(), "sessions"),
        "median_seconds_per_value": by_field(spark.sql(query("answer_medians")).collect(), "seconds"),
    }


def gaps(spark):
    make_tables(spark, ["steps"])
    row = spark.sql(query("gap_curve")).first()
    return [{"gap": f"{minutes}m", "sessions": row[f"minutes_{minutes}"]} for minutes in CURVE_MINUTES]


def rules(spark):
    """The totals of all rules, and the first 20 events at which each differs from ours."""
    make_tables(spark, ["steps"])
    opened = spark.sql(query("rules")).join(spark.table("files"), "file").persist()
    totals = [
        {
            "rule": rule,
            "sessions": opened.agg(F.sum(rule)).first()[0],
            "differing_events": opened.where(f"{rule} <> ours").count(),
        }
        for rule in RULES
    ]
    return {"totals": totals, "differences": [row for rule in RULES for row in differences(opened, rule)]}


def differences(opened, rule):
    rows = opened.where(f"{rule} <> ours").orderBy("visitor", "sent_ms", "file").limit(20).collect()
    return [
        {
            "visitor": row.visitor,
            "gap_ms": row.gap_ms,
            "file": row["name"],
            "opens_by": rule if row[rule] == 1 else "ours",
            "time": iso(row.sent_ms),
        }
        for row in rows
    ]


def iso(sent_ms):
    instant = datetime(1970, 1, 1) + timedelta(milliseconds=sent_ms)
    return f"{instant.isoformat(timespec='milliseconds')}Z"


ASK = {"answers": answers, "gaps": gaps, "rules": rules}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--gap", type=int, default=1_800_000, help="milliseconds (default: %(default)s)")
    parser.add_argument("--multi-event-only", action="store_true")
    parser.add_argument("--ask", choices=ASK, default="answers", help="what (default: %(default)s)")
    given = parser.parse_args()
    spark = SparkSession.builder.appName("sessions").getOrCreate()
    read_events(spark, given.files)
    make_settings(spark, given.gap, given.multi_event_only)
    found = ASK[given.ask](spark)
    json.dump(found, sys.stdout, indent=2, sort_keys=given.ask == "answers", ensure_ascii=False)
    print()
    spark.stop()


if __name__ == "__main__":
    main()
