"""The tutorial's data aggregation on the shop's topic `enriched-click-data`, with Quix Streams and its RocksDB state.

    pip install -r requirements.txt
    python3 real_time.py                         # beside `npm start`; ends by Ctrl-C
    BROKER=127.0.0.1:9092 python3 real_time.py

As in the tutorial each click is noted in the state, and every second the panels are counted from there. What it keeps in Redis, the
last value by key, is here the compacted topic `quix-real-time`, under the key "panels":

    visits       clicks of each of the last 15 minutes
    sessions     visitors of each half hour of the clock, of the last eight hours
    devices      visitors of the last 10 minutes, by the device of their latest click
    pages        the 10 items with most clicks in the last hour
    categories   clicks in the last hour
    latest       the 10 latest visitors of the last 10 minutes

`quix-visits-per-minute` has the count of every minute as it grows, by Quix's own windows. Where these numbers differ from those of the
shop's /dashboard/live: docs/connect-your-engine.md.

Each click counts exactly once, also if this is killed: results, state and offsets are committed together. Who reads the results does so
with isolation.level=read_committed. Instances that share the work have an INSTANCE each, the same after a restart: it ends what its
last life left open, at once.
"""

import os
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone

from quixstreams import Application
from quixstreams.dataframe.windows import Count
from quixstreams.models import TopicConfig

BROKER = os.environ.get("BROKER", "127.0.0.1:9092")
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

SECOND, MINUTE, HALF_HOUR, HOUR = 1_000, 60_000, 1_800_000, 3_600_000  # milliseconds
HERE = 10 * MINUTE
HALF_HOURS = 16
ALL = "all"


def when(value, _headers, _timestamp, _timestamp_type):
    """Time goes by when a click happened; where that is ahead of Kafka's clock, by when Kafka had it: no clock but ours may end an hour."""
    return min(value["original_timestamp"], value["timestamp"])


def iso(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# All clicks, and the seconds, on one partition: every panel is of the whole shop.
given = app.topic("enriched-click-data", value_deserializer="json", timestamp_extractor=when)
noted = app.topic(
    "quix-clicks",
    key_serializer="string",
    key_deserializer="string",
    config=TopicConfig(num_partitions=1, replication_factor=1, extra_config={"retention.ms": str(24 * HOUR)}),
)
panels = app.topic(
    "quix-real-time",
    key_serializer="string",
    config=TopicConfig(num_partitions=1, replication_factor=1, extra_config={"cleanup.policy": "compact"}),
)
visits = app.topic("quix-visits-per-minute", key_serializer="string")


def identified(value, _key, _timestamp, headers):
    """The shop sends a click again, with the same order_id, where it can't know whether Kafka has it."""
    return {**value, "order_id": dict(headers or []).get("order_id", b"").decode()}


app.dataframe(given).apply(identified, metadata=True).to_topic(noted, key=lambda _: ALL)


def note(click, at, state):
    """Adds a click to its second, and its visitor to the half hour; false where it was there before."""
    second, half_hour = at // SECOND, at // HALF_HOUR * HALF_HOUR
    clicks = state.get(f"second/{second}", [])
    if click["order_id"] and any(one["order_id"] == click["order_id"] for one in clicks):
        return False
    if not clicks:
        state.set("seconds", [*state.get("seconds", []), second])
    state.set(f"second/{second}", [*clicks, {**click, "ms": at}], ttl=timedelta(hours=1, seconds=1))
    visitor = f"visitor/{half_hour}/{click['userId']}"
    if not state.exists(visitor):
        state.set(visitor, True, ttl=timedelta(hours=9))
        sessions = state.get("sessions", {})
        state.set("sessions", {**sessions, str(half_hour): sessions.get(str(half_hour), 0) + 1})
    return True


def count(now, state):
    """The panels at an instant, from the clicks of the hour before it."""
    seconds = [second for second in state.get("seconds", []) if second * SECOND > now - HOUR - SECOND]
    state.set("seconds", seconds)
    first = (now // HALF_HOUR - HALF_HOURS + 1) * HALF_HOUR
    sessions = {at: visitors for at, visitors in state.get("sessions", {}).items() if int(at) >= first}
    state.set("sessions", sessions)

    last_hour = [click for second in seconds for click in state.get(f"second/{second}", []) if now - HOUR < click["ms"] <= now]
    here = {click["userId"]: click for click in sorted(last_hour, key=lambda click: click["ms"]) if click["ms"] > now - HERE}
    minutes = Counter(click["ms"] // MINUTE * MINUTE for click in last_hour)
    pages = Counter((click["productId"], click["category"]) for click in last_hour)
    bars = [now // MINUTE * MINUTE - ago * MINUTE for ago in reversed(range(15))]
    half_hours = [first + n * HALF_HOUR for n in range(HALF_HOURS)]
    return {
        "visits": [{"from": iso(at), "count": minutes[at]} for at in bars],
        "sessions": [{"from": iso(at), "count": sessions.get(str(at), 0)} for at in half_hours],
        "devices": Counter(click["deviceType"] for click in here.values()),
        "pages": [
            {"productId": page, "category": category, "count": clicks}
            for (page, category), clicks in sorted(pages.items(), key=lambda one: (-one[1], one[0]))[:10]
        ],
        "categories": Counter(click["category"] for click in last_hour),
        "latest": [
            {"userId": click["userId"], "datetime": iso(click["ms"]), "ip": click["ip"], "country": click["country"]}
            for click in sorted(here.values(), key=lambda click: click["ms"], reverse=True)[:10]
        ],
    }


def follow(value, _key, timestamp, _headers, state):
    """Notes a click, or tells the panels of a second if they are not what they were."""
    if "second" not in value:
        return value if note(value, timestamp, state) else None
    counted = count(value["second"], state)
    if counted == state.get("told"):
        return None
    state.set("told", counted)
    return {"at": iso(value["second"]), **counted}


followed = app.dataframe(noted).apply(follow, stateful=True, metadata=True)
followed = followed[followed.apply(lambda value: value is not None)]
followed[followed.apply(lambda value: "at" in value)].to_topic(panels, key=lambda _: "panels")

minutes = followed[followed.apply(lambda value: "at" not in value)].tumbling_window(timedelta(minutes=1), timedelta(days=1))
minutes.agg(count=Count()).current().apply(
    lambda window: {"from": iso(window["start"]), "count": window["count"]}
).to_topic(visits, key=lambda minute: minute["from"])


def tell_seconds():
    """Panels change also while nobody clicks: every second comes as a record beside the clicks."""
    with app.get_producer() as producer:
        while True:
            now = int(time.time() * 1000)
            producer.produce(noted.name, key=ALL, value=f'{{"second": {now}}}', timestamp=now)
            producer.flush()
            time.sleep(1)


if __name__ == "__main__":
    threading.Thread(target=tell_seconds, daemon=True).start()
    app.run()
