# Reads events with fastavro alone: the schema comes from the URL that each event names, and every event goes through a container file.
import io
import json
import os
from functools import cache
from urllib.request import urlopen

from confluent_kafka import Consumer
from fastavro import parse_schema, reader, schemaless_reader, writer

user = os.environ["KAFKA_USER"]
consumer = Consumer({
    "bootstrap.servers": os.environ["KAFKA_BROKERS"], "group.id": f"{user}.fastavro", "auto.offset.reset": "earliest",
    "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": user, "sasl.password": os.environ["KAFKA_PASSWORD"],
})
consumer.subscribe(["^pitrix\\..*"])


@cache
def schema_at(url):
    with urlopen(f"{url}/schema") as answer:
        return parse_schema(json.load(answer))


while True:
    message = consumer.poll(1)
    if message is None or message.error():
        continue
    headers = {name: value.decode() for name, value in message.headers()}
    schema = schema_at(headers["ce_dataschema"])
    event = schemaless_reader(io.BytesIO(message.value()[5:]), schema)
    file = io.BytesIO()
    writer(file, schema, [event])
    file.seek(0)
    [fields] = reader(file)
    print(json.dumps({"id": headers["ce_id"], "type": headers["ce_type"], "fields": fields}), flush=True)
