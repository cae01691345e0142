"""What a Metaflow task does with its artifacts, through its own datastore. Prints seconds."""

import json
import time
from dataclasses import dataclass

import numpy
from metaflow.datastore import FlowDataStore
from metaflow.plugins.datastores.local_storage import LocalStorage

LocalStorage.datastore_root = "store"


class Environment:
    TYPE = "local"


flow = FlowDataStore("Values", Environment(), None, storage_impl=LocalStorage, ds_root="store")


def task(number):
    store = flow.get_task_datastore("1", "start", number, attempt=0, mode="w")
    store.init_task()
    return store


array = numpy.random.default_rng(0).random(12_500_000)


@dataclass
class User:
    id: int
    name: str
    score: float
    tags: list


def many(make):
    return [make(id=i, name=f"user-{i}", score=i * 0.5, tags=["a", "b"]) for i in range(100_000)]


objects, records = many(User), many(dict)

first = task("1")
seconds = {}
for name, value in {"array": array, "objects": objects, "records": records}.items():
    # What another task saves of the same value is there already.
    actions = {
        "save": lambda: first.save_artifacts([(name, value)]),
        "load": lambda: list(first.load_artifacts([name])),
        "again": lambda: task(f"2-{name}").save_artifacts([(name, value)]),
    }
    seconds[name] = {}
    for action, act in actions.items():
        started = time.perf_counter()
        act()
        seconds[name][action] = time.perf_counter() - started
print(json.dumps(seconds))
