"""The aggregation of the Quix template (clickstream, parts 5) on rows of an hour: every second all of it is computed anew.

Its store and Redis are left out, and each second's events come as one data frame: both are in its favour.
Usage: quix_pandas.py EVENTS_PER_SECOND SECONDS; prints JSON: CPU seconds and milliseconds of each second's computation.
"""

import json
import random
import sys
import time
import uuid

import pandas as pd

rate, seconds = int(sys.argv[1]), int(sys.argv[2])
users = [uuid.uuid4().hex for _ in range(5000)]
categories = ["clothes", "sneakers", "accessories", "sports_nutrition", "electronics"]
devices = ["Desktop", "Mobile", "Tablet", "Other"]


def rows(count, ages):
    now = pd.Timestamp.now()
    return pd.DataFrame(
        {
            "userId": random.choices(users, k=count),
            "ip": ["192.0.2.0"] * count,
            "productId": [f"item-{random.randrange(40)}" for _ in range(count)],
            "category": random.choices(categories, k=count),
            "country": ["Norway"] * count,
            "deviceType": random.choices(devices, k=count),
            "datetime": [now - pd.Timedelta(seconds=age) for age in ages],
        }
    )


def since(data, **length):
    return data[data["datetime"] > pd.Timestamp.now() - pd.Timedelta(**length)]


def half_hours(data):
    return data.groupby([pd.Grouper(key="datetime", freq="30min"), "userId"]).size().reset_index(name="count")


def compute(last_hour, eight_hours):
    eight_hours.copy().groupby("datetime").size().to_json()
    recent = since(last_hour.copy(), minutes=15)
    recent.groupby(pd.Grouper(key="datetime", freq="1min")).size().to_json()
    last_hour.copy().groupby(["productId", "category"]).size().reset_index(name="count").nlargest(10, "count").to_json()
    people = since(last_hour.copy(), minutes=10).sort_values(by="datetime", ascending=False).drop_duplicates("userId")
    people.head(10)[["datetime", "ip", "country"]].to_json()
    last_hour.copy().groupby("category").size().to_json()
    since(last_hour.copy(), minutes=10).drop_duplicates("userId").groupby("deviceType").size().to_json()
    last_hour.sort_values(by="datetime", ascending=False).head(100).to_json()


hour = rate * 3600
last_hour = rows(hour, [n / rate for n in range(hour)])
eight_hours = half_hours(last_hour)
cpu, latency = [], []
for _ in range(seconds):
    came = rows(rate, [n / rate for n in range(rate)])
    began, used = time.perf_counter(), time.process_time()
    last_hour = pd.concat([last_hour, came], ignore_index=True)
    eight_hours = pd.concat([eight_hours, half_hours(came)]).groupby(["datetime", "userId"]).sum().reset_index()
    last_hour = since(last_hour, hours=1)
    compute(last_hour, eight_hours)
    cpu.append(time.process_time() - used)
    latency.append((time.perf_counter() - began) * 1000)
print(json.dumps({"cpu": cpu, "latency": latency}))
