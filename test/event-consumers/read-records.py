"""Prints each record of the topics that are named, up to their ends, as it is: topic, key, headers and value, a JSON object a line."""

import json
import sys

from kafka import KafkaConsumer, TopicPartition


def main() -> None:
    brokers, *topics = sys.argv[1:]
    consumer = KafkaConsumer(bootstrap_servers=brokers, auto_offset_reset="earliest", enable_auto_commit=False)
    partitions = [TopicPartition(topic, number) for topic in topics for number in consumer.partitions_for_topic(topic) or []]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=1_000).values():
            for record in records:
                headers = [[name, value.decode()] for name, value in record.headers]
                line = {"topic": record.topic, "key": record.key.decode(), "headers": headers, "value": record.value.decode()}
                print(json.dumps(line))
    consumer.close()


if __name__ == "__main__":
    main()
