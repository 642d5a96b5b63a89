"""Feeds every sample of the events to your consumer. Needs fastavro. Run it: python -m unittest contract_test"""

import base64
import io
import json
import pathlib
import unittest

from fastavro import parse_schema, schemaless_reader

HERE = pathlib.Path(__file__).parent


def handle(event_type, key, headers, fields):
    """Call your consumer here. It must take every version, and pass over what it does not know."""


class Contract(unittest.TestCase):
    def test_samples(self):
        for line in (HERE / "samples.jsonl").read_text(encoding="utf-8").splitlines():
            sample = json.loads(line)
            headers = sample["headers"]
            with self.subTest(headers["ce_id"]):
                value = base64.b64decode(sample["value"])
                self.assertEqual(value[0], 0)
                schema_id = int.from_bytes(value[1:5], "big")
                schema = parse_schema(json.loads((HERE / "schemas" / f"{schema_id}.avsc").read_text(encoding="utf-8")))
                fields = schemaless_reader(io.BytesIO(value[5:]), schema)
                self.assertEqual(fields, sample["fields"])
                handle(headers["ce_type"], sample["key"], headers, fields)
