"""The tutorial's real-time aggregations on the shop's topic `enriched-click-data`, with Quix Streams and its RocksDB state.

    pip install -r requirements.txt
    python3 real_time.py                                  # beside `npm start`
    BROKER=127.0.0.1:9092 COUNT=1000 python3 real_time.py # ends after so many clicks

Each click counts exactly once, also if this is killed: results, state and offsets are committed together. Who reads the results does so
with isolation.level=read_committed. Instances that share the work have an INSTANCE each, the same after a restart: it ends what its
last life left open, at once.

Each result is a record of the topic `quix-real-time`: {"panel": …, "key": …, "from": …, "to": …, "count": …}.

    panel        window                           beside the shop's /dashboard/live
    clicks       tumbling minutes, by time        visitors as events; people are counted there by a switch
    categories   the last hour, hopping minutes   the same clicks; there the window ends now, to the millisecond
    pages        the last hour, hopping minutes   the same, by productId
    sessions     a visitor in a half hour of the  there a session ends after 30 minutes without an event, and counts once: a visit
                 clock is one                     from 12:25 to 12:35 is two here and one there
    devices      latest device of each visitor    there of the last 10 minutes only
"""

import os
from datetime import timedelta

from quixstreams import Application
from quixstreams.dataframe.windows import Count

BROKER = os.environ.get("BROKER", "127.0.0.1:9092")
COUNT = int(os.environ.get("COUNT", "0"))
INSTANCE = os.environ.get("INSTANCE", "1")

app = Application(
    broker_address=BROKER,
    consumer_group=os.environ.get("GROUP", "quix-real-time"),
    auto_offset_reset="earliest",
    state_dir=os.environ.get("STATE_DIR", "state"),
    commit_interval=1,
    processing_guarantee="exactly-once",
    producer_extra_config={"transactional.id": INSTANCE},
    consumer_extra_config={"group.instance.id": INSTANCE},
)
HAPPENED = "original_timestamp"


def when(value, _headers, _timestamp, _timestamp_type):
    """Windows go by when a click happened, not by when Kafka had it."""
    from datetime import datetime

    return int(datetime.fromisoformat(value[HAPPENED].replace("Z", "+00:00")).timestamp() * 1000)


clicks = app.dataframe(app.topic("enriched-click-data", value_deserializer="json", timestamp_extractor=when))
results = app.topic("quix-real-time", value_serializer="json", key_serializer="string")


def counted(panel):
    def row(value, key, _timestamp, _headers):
        key = key.decode() if isinstance(key, bytes) else key
        return {"panel": panel, "key": key, "from": value["start"], "to": value["end"], "count": value["count"]}

    return row


def publish(panel, windows):
    windows.apply(counted(panel), metadata=True).to_topic(results, key=lambda row: f"{row['panel']}/{row['key']}/{row['from']}")


def by(field, name):
    return clicks.group_by(field, name=name, value_deserializer="json", key_deserializer="string", key_serializer="string")


GRACE = timedelta(days=1)
minutes = clicks.apply(lambda value: {**value, "all": "all"}).group_by("all", name="all", key_deserializer="string", key_serializer="string")
publish("clicks", minutes.tumbling_window(timedelta(minutes=1), GRACE).agg(count=Count()).current())
for panel, field in (("categories", "category"), ("pages", "productId")):
    hour = by(field, panel).hopping_window(timedelta(hours=1), timedelta(minutes=1), GRACE)
    publish(panel, hour.agg(count=Count()).current())


def first_of_half_hour(value, state):
    """A visitor counts once in each half hour of the clock."""
    half_hour = when(value, None, None, None) // 1_800_000
    seen = state.get("half_hours", [])
    if half_hour in seen:
        return None
    state.set("half_hours", [*seen, half_hour][-16:])
    return {"panel": "sessions", "key": value["userId"], "from": half_hour * 1_800_000, "to": (half_hour + 1) * 1_800_000, "count": 1}


def latest_device(value, state):
    if state.get("device") == value["deviceType"]:
        return None
    state.set("device", value["deviceType"])
    at = when(value, None, None, None)
    return {"panel": "devices", "key": value["userId"], "from": at, "to": at, "count": 1, "device": value["deviceType"]}


visitors = by("userId", "visitors")
sessions = visitors.apply(first_of_half_hour, stateful=True)
sessions[sessions.apply(lambda row: row is not None)].to_topic(results, key=lambda row: f"sessions/{row['key']}/{row['from']}")
devices = visitors.apply(latest_device, stateful=True)
devices[devices.apply(lambda row: row is not None)].to_topic(results, key=lambda row: f"devices/{row['key']}")

if __name__ == "__main__":
    app.run(count=COUNT, timeout=float(os.environ.get("TIMEOUT", "0")))
