"""Clicks of a minute and category, from Kafka to Kafka, by Spark Structured Streaming.

usage: python stream.py SERVERS CHECKPOINT

Reads the topic enriched-click-data and writes the topic spark-clicks-per-minute: key "CATEGORY MINUTE", value the count so
far. Works through what is there and ends; the next run goes on from the checkpoint. Spark writes at least once: after a kill
a count may come twice, never wrong. Needs --packages org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.7.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, concat_ws, count, date_format, from_json, timestamp_millis, window

servers, checkpoint = sys.argv[1:]
spark = (
    SparkSession.builder.appName("clicks per minute")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", 3)  # as the topic has; each of the default's 200 keeps state of its own
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

records = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", servers)
    .option("subscribe", "enriched-click-data")
    .option("startingOffsets", "earliest")
    .load()
)
clicks = records.select(from_json(col("value").cast("string"), "original_timestamp long, category string").alias("click"))
counts = (
    clicks.select("click.category", timestamp_millis("click.original_timestamp").alias("time"))
    .withWatermark("time", "10 minutes")
    .groupBy(window("time", "1 minute"), "category")
    .agg(count("*").alias("clicks"))
)
minute = date_format("window.start", "yyyy-MM-dd'T'HH:mm:ss'Z'")
rows = counts.select(concat_ws(" ", "category", minute).alias("key"), col("clicks").cast("string").alias("value"))
query = (
    rows.writeStream.format("kafka")
    .option("kafka.bootstrap.servers", servers)
    .option("topic", "spark-clicks-per-minute")
    .option("checkpointLocation", checkpoint)
    .outputMode("update")
    .trigger(availableNow=True)
    .start()
)
query.awaitTermination()
