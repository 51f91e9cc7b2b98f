# The original's exploration in PySpark, on all cores: python3 spark.py product.csv prints seconds without and with Spark's start.
import sys
import time

begun = time.time()
from pyspark.sql import SparkSession
from pyspark.sql.functions import desc

spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "4g")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
started = time.time()
product = spark.read.csv(sys.argv[1], header=True, inferSchema=True)
product.dtypes
product.show(5)
rows = product.count()
for column in ["product", "user_id", "page_id"]:
    product.groupBy(column).count().orderBy(desc("count")).show(10)
unique = product.select("order_id").distinct().count() == rows
product.groupBy("title", "site_version").count().show()
ended = time.time()
print(f"RESULT {ended - started:.1f} {ended - begun:.1f} {rows} {unique}")
