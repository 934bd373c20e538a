"""Reads verdicts from the beginning of a topic up to its end: what a service that lost its data does first."""

import json
import sys
from typing import Iterable

from kafka import KafkaConsumer, TopicPartition
from pydantic import ValidationError

from dialtone_events import ReadinessChanged

READINESS_CHANGED = "dialtone.readiness.changed.v1"

Headers = Iterable[tuple[str, bytes]]


class Verdicts:
    """The last verdict of each number. Records may come again, also behind newer ones: the higher seq is the later one."""

    def __init__(self) -> None:
        self.latest: dict[str, ReadinessChanged] = {}
        self.unknown: list[str] = []
        self.broken: list[str] = []

    def take(self, record_key: str, headers: Headers, value: bytes | None) -> None:
        event_type = next((text.decode() for name, text in headers if name == "ce_type"), None)
        if event_type is None:
            self.broken.append(record_key)
        elif event_type != READINESS_CHANGED:
            self.unknown.append(event_type)  # of a later version: pass over it
        else:
            try:
                event = ReadinessChanged.model_validate_json(value or b"")
            except ValidationError:
                self.broken.append(record_key)  # it will not get better: set it aside
                return
            known = self.latest.get(record_key)
            if known is None or event.seq > known.seq:
                self.latest[record_key] = event


def read_whole(brokers: str, topic: str) -> Verdicts:
    consumer = KafkaConsumer(bootstrap_servers=brokers, auto_offset_reset="earliest", enable_auto_commit=False)
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or [])]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    verdicts = Verdicts()
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=1_000).values():
            for record in records:
                verdicts.take((record.key or b"").decode(), record.headers, record.value)
    consumer.close()
    return verdicts


def main() -> None:
    verdicts = read_whole(sys.argv[1], sys.argv[2])
    latest = {key: [event.state.value, *(issue.value for issue in event.issues)] for key, event in verdicts.latest.items()}
    print(json.dumps({"latest": latest, "unknown": verdicts.unknown, "broken": verdicts.broken}))


if __name__ == "__main__":
    main()
