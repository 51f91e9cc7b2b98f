"""Consume, process, produce in transactions, by confluent-kafka, for exactly-once.engine.test.ts.

usage: exactly_once.py work PORT TRANSACTIONAL_ID   copies the topic inputs to outputs, until it is killed
       exactly_once.py read PORT                    prints the committed values of outputs, once all is read
"""

import sys
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

BATCH = 50
QUICK = {"socket.timeout.ms": 5000, "reconnect.backoff.max.ms": 200}


def retried(step):
    """Runs a step of a transaction again while the error says that this may help."""
    while True:
        try:
            return step()
        except KafkaException as error:
            if not error.args[0].retriable():
                raise


def rewind(consumer):
    """Goes back to what is committed."""
    for partition in retried(lambda: consumer.committed(consumer.assignment(), 10)):
        start = partition.offset if partition.offset >= 0 else 0
        consumer.seek(TopicPartition(partition.topic, partition.partition, start))


def transact(consumer, producer, messages):
    producer.begin_transaction()
    for message in messages:
        producer.produce("outputs", key=message.key(), value=message.value())
    positions = consumer.position(consumer.assignment())
    retried(lambda: producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 10))
    retried(lambda: producer.commit_transaction(30))


def work_until_lost(servers, transactional_id):
    """Returns when a fatal error asks for a new producer."""
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "workers",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
            "fetch.wait.max.ms": 50,
            **QUICK,
        }
    )
    producer = Producer({"bootstrap.servers": servers, "transactional.id": transactional_id, "transaction.timeout.ms": 10000, **QUICK})
    try:
        retried(lambda: producer.init_transactions(30))
        consumer.subscribe(["inputs"])
        while True:
            messages = [m for m in consumer.consume(BATCH, 0.1) if m.error() is None]
            if not messages:
                continue
            try:
                transact(consumer, producer, messages)
            except KafkaException as error:
                if not error.args[0].txn_requires_abort():
                    raise
                retried(lambda: producer.abort_transaction(30))
                rewind(consumer)
    finally:
        consumer.close()


def work(servers, transactional_id):
    while True:
        try:
            work_until_lost(servers, transactional_id)
        except KafkaException as error:
            print(f"{transactional_id} starts again: {error}", file=sys.stderr, flush=True)
            time.sleep(0.1)


def read(servers):
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": f"reader-{time.time()}",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    metadata = consumer.list_topics("outputs", 10)
    partitions = [TopicPartition("outputs", p, 0) for p in metadata.topics["outputs"].partitions]
    consumer.assign(partitions)
    ended = set()
    while len(ended) < len(partitions):
        for message in consumer.consume(1000, 0.2):
            if message.error() is None:
                print(message.value().decode())
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
    consumer.close()


action, port, *rest = sys.argv[1:]
if action == "work":
    work(f"127.0.0.1:{port}", rest[0])
else:
    read(f"127.0.0.1:{port}")
