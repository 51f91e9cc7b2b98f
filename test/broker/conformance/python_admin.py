"""Admin calls and transactions of kafka-python, confluent-kafka and aiokafka for the conformance suite (admin-clients.ts).

usage: python_admin.py LIBRARY admin PORT TOPIC OTHER GROUP > what was answered
       python_admin.py LIBRARY transact PORT SOURCE TARGET GROUP > the first value that is committed

admin does all that the library has of: three partitions for TOPIC, retention.ms=123456 of TOPIC added to its settings, segment.bytes=2000000
of OTHER in place of its settings, TOPIC's records before offset 2 deleted, the offsets of GROUP on TOPIC deleted, GROUP deleted.
transact aborts a transaction, and commits one with two offsets of SOURCE.
"""

import asyncio
import json
import sys


def kafka_python_admin(servers, topic, other, group):
    from kafka import KafkaAdminClient, TopicPartition
    from kafka.admin import ConfigResource, ConfigResourceType

    admin = KafkaAdminClient(bootstrap_servers=servers)
    setting = lambda name, settings: [ConfigResource(ConfigResourceType.TOPIC, name, settings)]
    first, second = TopicPartition(topic, 0), TopicPartition(other, 0)
    admin.create_partitions({topic: 3})
    admin.alter_configs(setting(topic, {"retention.ms": "123456"}), incremental=True)
    admin.alter_configs(setting(other, {"segment.bytes": "2000000"}), incremental=False)
    low = admin.delete_records({first: 2})[first]
    logs = admin.describe_log_dirs({topic: [0]})
    admin.delete_group_offsets(group, [first])
    left = [partition.topic for partition in admin.list_group_offsets(group)[group]]
    admin.delete_groups([group])
    return {
        "brokers": len(admin.describe_cluster()["brokers"]),
        "lowWatermark": low["low_watermark"] if isinstance(low, dict) else low.low_watermark,
        "logBytes": sum(p["partition_size"] for b in logs for d in b["log_dirs"] for t in d["topics"] for p in t["partitions"]),
        "offsetsLeft": left,
        "producers": [one.producer_id for one in admin.describe_producers([second])[second].active_producers],
        "transactions": [one.transactional_id for all_of in admin.list_transactions().values() for one in all_of],
    }


def confluent_admin(servers, topic, other, group):
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions

    admin = AdminClient({"bootstrap.servers": servers})
    done = lambda futures: [future.result(30) for future in futures.values()]
    done(admin.create_partitions([NewPartitions(topic, 3)]))
    entry = ConfigEntry("retention.ms", "123456", incremental_operation=AlterConfigOpType.SET)
    done(admin.incremental_alter_configs([ConfigResource("topic", topic, incremental_configs=[entry])]))
    done(admin.alter_configs([ConfigResource("topic", other, set_config={"segment.bytes": "2000000"})]))
    [low] = done(admin.delete_records([TopicPartition(topic, 0, 2)]))
    done(admin.delete_consumer_groups([group]))
    return {"brokers": len(admin.describe_cluster().result(30).nodes), "lowWatermark": low.low_watermark}


async def aiokafka_admin_calls(servers, topic, other, _group):
    from aiokafka import TopicPartition
    from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, RecordsToDelete
    from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    first = TopicPartition(topic, 0)
    await admin.create_partitions({topic: NewPartitions(3)})
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, other, {"segment.bytes": "2000000"})])
    low = await admin.delete_records({first: RecordsToDelete(2)})
    cluster = await admin.describe_cluster()
    await admin.close()
    return {"brokers": len(cluster["brokers"]), "lowWatermark": low[first]}


def aiokafka_admin(*args):
    return asyncio.run(aiokafka_admin_calls(*args))


def kafka_python_transact(servers, source, target, group):
    from kafka import KafkaConsumer, KafkaProducer, TopicPartition
    from kafka.structs import OffsetAndMetadata

    producer = KafkaProducer(bootstrap_servers=servers, transactional_id=target)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(target, b"aborted").get(30)
    producer.abort_transaction()
    producer.begin_transaction()
    producer.send(target, b"committed")
    producer.send_offsets_to_transaction({TopicPartition(source, 0): OffsetAndMetadata(2, "", -1)}, group)
    producer.commit_transaction()
    producer.close()
    consumer = KafkaConsumer(
        target, bootstrap_servers=servers, auto_offset_reset="earliest", isolation_level="read_committed", consumer_timeout_ms=30_000
    )
    value = next(consumer).value.decode()
    consumer.close()
    return value


def confluent_transact(servers, source, target, group):
    from confluent_kafka import Consumer, Producer, TopicPartition

    own = {"bootstrap.servers": servers, "group.id": group, "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
    consumer = Consumer(own)
    producer = Producer({"bootstrap.servers": servers, "transactional.id": target})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(target, "aborted")
    producer.flush(30)
    producer.abort_transaction(30)
    producer.begin_transaction()
    producer.produce(target, "committed")
    producer.send_offsets_to_transaction([TopicPartition(source, 0, 2)], consumer.consumer_group_metadata(), 30)
    producer.commit_transaction(30)
    consumer.assign([TopicPartition(target, 0, 0)])
    value = consumer.poll(30).value().decode()
    consumer.close()
    return value


async def aiokafka_transact_all(servers, source, target, group):
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

    producer = AIOKafkaProducer(bootstrap_servers=servers, transactional_id=target)
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(target, b"aborted")
    await producer.abort_transaction()
    async with producer.transaction():
        await producer.send(target, b"committed")
        await producer.send_offsets_to_transaction({TopicPartition(source, 0): 2}, group)
    await producer.stop()
    consumer = AIOKafkaConsumer(
        target, bootstrap_servers=servers, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    await consumer.start()
    value = (await consumer.getone()).value.decode()
    await consumer.stop()
    return value


def aiokafka_transact(*args):
    return asyncio.run(aiokafka_transact_all(*args))


library, action, port, *names = sys.argv[1:]
print(json.dumps(globals()[f"{library.removesuffix('-kafka').replace('-', '_')}_{action}"](f"127.0.0.1:{port}", *names)))
