"""A member of a consumer group, by kafka-python or confluent-kafka, for members.test.ts.

usage: member.py LIBRARY PORT GROUP TOPIC ASSIGNOR

Prints "record PARTITION VALUE" for each record, and commits what it has printed. SIGTERM: leaves the group.
"""

import signal
import sys

library, port, group, topic, assignor = sys.argv[1:]
servers = f"127.0.0.1:{port}"
stopping = False


def stop(*_):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)


def show(partition, value):
    print("record", partition, value.decode(), flush=True)


def kafka_python():
    from kafka import KafkaConsumer
    from kafka.coordinator.assignors.range import RangePartitionAssignor
    from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
    from kafka.errors import CommitFailedError

    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=1500,
        heartbeat_interval_ms=200,
        max_poll_interval_ms=3000,
        max_poll_records=50,
        fetch_max_wait_ms=50,
        partition_assignment_strategy=[{"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor}[assignor]],
    )
    while not stopping:
        for records in consumer.poll(timeout_ms=50).values():
            for record in records:
                show(record.partition, record.value)
        try:
            consumer.commit()
        except CommitFailedError:
            pass  # the group moved on; another member reads these records again
    consumer.close(autocommit=False)


def confluent():
    from confluent_kafka import Consumer, KafkaException

    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 1500,
            "heartbeat.interval.ms": 200,
            "max.poll.interval.ms": 3000,
            "fetch.wait.max.ms": 50,
            "partition.assignment.strategy": assignor,
        }
    )
    consumer.subscribe([topic])
    while not stopping:
        for message in consumer.consume(50, timeout=0.05):
            if message.error() is None:
                show(message.partition(), message.value())
        try:
            consumer.commit(asynchronous=False)
        except KafkaException:
            pass  # nothing to commit, or the group moved on
    consumer.close()


{"kafka-python": kafka_python, "confluent-kafka": confluent}[library]()
