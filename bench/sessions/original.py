"""Answer 1 as the original's notebook gets it: clicks as an RDD, sorted within each visitor, folded in Python.

Its definition is kept: a session counts in the file of the visitor's last event, and a first one before 1970-01-01 00:30
is lost. Usage: original.py FILE...
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import element_at, input_file_name, split

GAP_MS = 1_800_000

spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
clicks = spark.read.json(sys.argv[1:]).withColumn("filename", element_at(split(input_file_name(), "/"), -1))
clicks = clicks.repartition("anonymous_id").sortWithinPartitions("anonymous_id", "device_sent_timestamp")


def add_click(state, click):
    last_ms, _, sessions = state
    sent_ms = int(click.device_sent_timestamp)
    return (sent_ms, click.filename, sessions + (1 if sent_ms >= last_ms + GAP_MS else 0))


def combine(one, other):
    return (max(one[0], other[0]), one[1], one[2] + other[2])


visitors = clicks.rdd.map(lambda click: (click.anonymous_id, click)).aggregateByKey((0, "", 0), add_click, combine)
files = visitors.map(lambda visitor: (visitor[1][1], visitor[1][2])).reduceByKey(lambda a, b: a + b)
print(sorted(files.collect()))
