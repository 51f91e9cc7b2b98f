"""kafka-python, confluent-kafka and aiokafka for the conformance suite.

usage: python_client.py LIBRARY produce PORT < batches
       python_client.py LIBRARY consume PORT COUNT TOPIC ... > messages

A message is one line of JSON: {"topic", "key", "value", "from"}; a batch is {"topic", "codec", "messages"}.
"""

import asyncio
import json
import sys
import uuid


def encoded(text):
    return None if text is None else text.encode()


def show(topic, key, value, headers):
    text = lambda data: None if data is None else data.decode()
    print(json.dumps({"topic": topic, "key": text(key), "value": text(value), "from": dict(headers)["from"].decode()}))


def kafka_python_produce(servers, topic, codec, messages):
    from kafka import KafkaProducer

    # A topic that was just made may have no leader yet.
    producer = KafkaProducer(
        bootstrap_servers=servers, acks="all", retries=10, compression_type=None if codec == "none" else codec
    )
    sent = [
        producer.send(topic, key=encoded(m["key"]), value=encoded(m["value"]), headers=[("from", m["from"].encode())])
        for m in messages
    ]
    for future in sent:
        future.get(30)
    producer.close()


def kafka_python_consume(servers, count, topics):
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(
        *topics, bootstrap_servers=servers, group_id=str(uuid.uuid4()), auto_offset_reset="earliest", fetch_max_wait_ms=100
    )
    for _ in range(count):
        m = next(consumer)
        show(m.topic, m.key, m.value, m.headers)
    consumer.close()


def confluent_produce(servers, topic, codec, messages):
    from confluent_kafka import Producer

    failed = []
    producer = Producer({"bootstrap.servers": servers, "compression.type": codec, "enable.idempotence": True})
    for m in messages:
        report = lambda error, _: error and failed.append(str(error))
        producer.produce(topic, key=m["key"], value=m["value"], headers={"from": m["from"]}, on_delivery=report)
    left = producer.flush(30)
    if left or failed:
        sys.exit(f"{left} not delivered, {failed}")


def confluent_consume(servers, count, topics):
    from confluent_kafka import Consumer

    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": str(uuid.uuid4()), "auto.offset.reset": "earliest", "fetch.wait.max.ms": 100}
    )
    consumer.subscribe(topics)
    for _ in range(count):
        m = consumer.poll(30)
        if m is None or m.error():
            sys.exit(f"no message: {m and m.error()}")
        show(m.topic(), m.key(), m.value(), m.headers())
    consumer.close()


async def aiokafka_produce_all(servers, topic, codec, messages):
    from aiokafka import AIOKafkaProducer

    kind = None if codec == "none" else codec
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, compression_type=kind)
    await producer.start()
    for m in messages:
        headers = [("from", m["from"].encode())]
        await producer.send_and_wait(topic, key=encoded(m["key"]), value=encoded(m["value"]), headers=headers)
    await producer.stop()


async def aiokafka_consume_all(servers, count, topics):
    from aiokafka import AIOKafkaConsumer

    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=servers, group_id=str(uuid.uuid4()), auto_offset_reset="earliest", fetch_max_wait_ms=100
    )
    await consumer.start()
    for _ in range(count):
        m = await consumer.getone()
        show(m.topic, m.key, m.value, m.headers)
    await consumer.stop()


def aiokafka_produce(*args, **batch):
    asyncio.run(aiokafka_produce_all(*args, **batch))


def aiokafka_consume(*args):
    asyncio.run(aiokafka_consume_all(*args))


library, action, port, *rest = sys.argv[1:]
servers = f"127.0.0.1:{port}"
if action == "produce":
    produce = {"kafka-python": kafka_python_produce, "confluent-kafka": confluent_produce, "aiokafka": aiokafka_produce}[library]
    for line in sys.stdin:
        produce(servers, **json.loads(line))
else:
    consume = {"kafka-python": kafka_python_consume, "confluent-kafka": confluent_consume, "aiokafka": aiokafka_consume}[library]
    consume(servers, int(rest[0]), rest[1:])
