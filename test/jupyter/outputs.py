"""Cells that print in every way: all output, in order, before `idle`, under the cell that wrote it.

usage: python outputs.py [COUNT]
"""

import json
import random
import sys

from client import execute, result, start, stop, stream

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 100
WAYS = [
    "for (let j = 0; j < {n}; j++) console.log('{i}:' + j)",
    "for (let j = 0; j < {n}; j++) {{ await null; process.stdout.write('{i}:' + j + '\\n'); }}",
    "for (let j = 0; j < {n}; j++) fs.writeSync(1, '{i}:' + j + '\\n')",
    "await Promise.all(Array.from({{ length: {n} }}, (_, j) =>"
    " new Promise<void>((done) => setTimeout(() => {{ console.log('{i}:' + j); done(); }}, 1))))",
    "for (let j = 0; j < {n}; j++) console.error('{i}:' + j)",
]
CHILD = "cp.execSync('for j in $(seq 0 {last}); do echo {i}:$j; done', {{ stdio: 'inherit' }})"


def run():
    manager, client = start()
    wrong = []
    stray = 0
    try:
        execute(client, 'import * as fs from "node:fs"; import * as cp from "node:child_process"; fs.existsSync("/")')
        execute(client, "cp.execSync('true')")
        for i in range(COUNT):
            n = random.choice([1, 3, 50])
            way = CHILD if i % 100 == 50 else WAYS[i % len(WAYS)]
            reply, outputs = execute(client, way.format(i=i, n=n, last=n - 1) + f"; {i}")
            stray += sum(kind == "STRAY" for kind, _ in outputs)
            printed = "".join(f"{i}:{j}\n" for j in range(n))
            if reply["status"] != "ok" or stream(outputs) != printed or result(outputs) != str(i):
                wrong.append({"cell": i, "printed": stream(outputs)[:100], "reply": reply["status"]})
        _, outputs = execute(client, "for (let j = 0; j < 100000; j++) console.log('x'.repeat(50)); 1")
        characters = len(stream(outputs))
        messages = sum(kind == "stream" for kind, _ in outputs)
        attributed = late_output(client)
    finally:
        stop(manager, client)
    report = {
        "cells": COUNT,
        "wrong": wrong[:5],
        "stray": stray,
        "characters": characters,
        "messages": messages,
        "attributed": attributed,
    }
    print(json.dumps(report))
    return not wrong and stray == 0 and characters == 100_000 * 51 and messages < 10_000 and attributed


def late_output(client):
    """Whether a timer's output goes to the cell that set it, though another one runs."""
    first = client.execute("setTimeout(() => console.log('first'), 150); 1")
    second = client.execute("await new Promise((r) => setTimeout(r, 400)); console.log('second')")
    parents = {}
    while len(parents) < 2:
        message = client.get_iopub_msg(timeout=10)
        if message["msg_type"] == "stream":
            parents[message["content"]["text"].strip()] = message["parent_header"]["msg_id"]
    return parents == {"first": first, "second": second}


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
