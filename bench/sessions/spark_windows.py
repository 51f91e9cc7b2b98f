"""All three answers as one would write them with Spark's DataFrames: lag() over windows, DISTINCT, an exact median.

Usage: spark_windows.py FILE...
"""

import sys

from pyspark import StorageLevel
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

GAP_MS = 1_800_000
FIELDS = ["browser_family", "os_family", "device_family"]

spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.driver.memory", "8g")
    .getOrCreate()
)
schema = "anonymous_id string, device_sent_timestamp long, browser_family string, os_family string, device_family string"
clicks = spark.read.schema(schema).json(sys.argv[1:])
clicks = clicks.withColumn("file", F.element_at(F.split(F.input_file_name(), "/"), -1))
visits = Window.partitionBy("anonymous_id").orderBy("device_sent_timestamp", "file")
gap = F.col("device_sent_timestamp") - F.lag("device_sent_timestamp").over(visits)
opened = clicks.withColumn("opens", F.when(gap.isNull() | (gap >= GAP_MS), 1).otherwise(0))
numbered = opened.withColumn("session", F.sum("opens").over(visits)).persist(StorageLevel.MEMORY_AND_DISK)
print(numbered.groupBy("file").agg(F.sum("opens")).orderBy("file").collect())

session = ["anonymous_id", "session"]
lengths = numbered.groupBy(*session).agg(
    (F.max("device_sent_timestamp") - F.min("device_sent_timestamp")).alias("duration_ms"),
    *[F.collect_set(field).alias(field) for field in FIELDS],
)
lengths.persist(StorageLevel.MEMORY_AND_DISK)
for field in FIELDS:
    values = lengths.select(F.explode(field).alias("value"), "duration_ms").groupBy("value")
    print(field, values.agg(F.count("*"), F.expr("percentile(duration_ms, 0.5) / 1000")).orderBy("value").collect())
