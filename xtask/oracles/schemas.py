"""PyPI jsonschema as the judge of our schemas: they are schemas, every example and the kit's session fit them, and what
lacks a required field does not.

ROOT: the checkout.
"""

import copy
import json
import os
from pathlib import Path

from jsonschema import Draft202012Validator

from harness import check, finish, scenario

root = Path(os.environ["ROOT"])
kit = root / "docs/events/kit"
judges = {}
for path in sorted((root / "schemas").glob("*.json")):
    with scenario(path.name):
        schema = json.loads(path.read_text())
        Draft202012Validator.check_schema(schema)
        check(f"{path.name} names itself", schema["$id"] == f"/schemas/{path.name}")
        judges[path.stem] = Draft202012Validator(schema)
envelope = judges.pop("si.channel.cloudevent.v1")


def wrong(event):
    """What does not fit, in words."""
    found = [error.message for error in envelope.iter_errors(event)]
    return found + [error.message for error in judges[event["type"]].iter_errors(event["data"])]


examples = {path.stem: json.loads(path.read_text()) for path in sorted((kit / "events").glob("*.json"))}
check("an example of every type", sorted(examples) == sorted(judges), set(examples) ^ set(judges))
for kind, example in examples.items():
    with scenario(kind):
        check(f"the example of {kind}", wrong(example) == [], wrong(example))
        for name in judges[kind].schema["required"]:
            lacking = copy.deepcopy(example)
            del lacking["data"][name]
            check(f"{kind} without {name} is refused", wrong(lacking) != [])
        for name, value in example["data"].items():
            if isinstance(value, str):
                odd = copy.deepcopy(example)
                odd["data"][name] = [value]
                check(f"{kind} with a list as {name} is refused", wrong(odd) != [])
for number, line in enumerate((kit / "session.jsonl").read_text().splitlines(), 1):
    check(f"session.jsonl line {number}", wrong(json.loads(line)) == [], wrong(json.loads(line)))
finish()
