"""Interrupts of code of every kind: it stops, and its variables live on or it is said that they were lost.

usage: python interrupts.py [COUNT [NAME …]]
"""

import json
import statistics
import sys
import threading
import time

from client import execute, interrupt, result, start, stop

KEEPING = {
    "while": "while (true) {}",
    "await-loop": "while (true) await null",
    "await-in-function": "const spin = async () => { for (;;) await undefined; }; await spin()",
    "sleep-loop": "for (;;) { await new Promise((r) => setTimeout(r, 1)); hits++; }",
    "long-timer": "await new Promise((r) => setTimeout(r, 1e7))",
    "timer-callback": "await new Promise(() => setTimeout(() => { for (;;); }, 5))",
    "interval": "setInterval(() => { hits++; }, 1); await new Promise(() => {})",
    "interval-callback": "setInterval(() => { for (;;); }, 5); await new Promise(() => {})",
    "immediate-callback": "await new Promise(() => setImmediate(() => { for (;;); }))",
    "tick-callback": "await new Promise(() => process.nextTick(() => { for (;;); }))",
    "file-loop": 'import { readFile } from "node:fs/promises"; for (;;) { await readFile("/etc/hostname"); hits++; }',
    "emitter-callback": 'import { EventEmitter } from "node:events";'
    ' const emitter = new EventEmitter(); emitter.on("x", () => { for (;;); }); emitter.emit("x")',
    "caught": "try { for (;;); } catch { } finally { hits = -1; }",
    "sort": "[3, 2, 1].sort(() => { for (;;); })",
    "regular-expression": '/^(a+)+$/.test("a".repeat(40) + "b")',
    "native-loop": 'import { pbkdf2Sync } from "node:crypto";'
    ' for (let i = 0; i < 1000; i++) pbkdf2Sync("a", "b", 200000, 64, "sha512")',
    "atomics": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "prompt": 'await prompt("name?")',
}
# One call into native code cannot be cut short: the process is replaced after a grace period, which is slow to test.
LOSING = {
    "native-call": 'import { pbkdf2Sync as slow } from "node:crypto"; slow("a", "b", 200000000, 64, "sha512")',
    "child-process": 'import { execSync } from "node:child_process"; execSync("sleep 30")',
}
SETUP = "let hits: number = 0; const keep = { v: 42 }; hits"


def run(name, code, count):
    manager, client = start()
    kept = lost = 0
    wrong = []
    times = []
    try:
        execute(client, SETUP)
        for _ in range(count):
            sent = interrupt_later(client)
            reply, _ = execute(client, code, timeout=30, allow_stdin=True)
            times.append((time.time() - sent.result()) * 1000)
            # On a busy machine the interrupt may come before the call into native code: then nothing is lost.
            expected = ["KeyboardInterrupt", *(["ProcessLost"] if name in LOSING else [])]
            if reply.get("ename") not in expected:
                wrong.append(f"{reply.get('ename')}: {reply.get('evalue')}"[:120])
            after, outputs = execute(client, "keep.v")
            if after["status"] == "ok" and result(outputs) == "42":
                kept += 1
                if reply.get("ename") == "ProcessLost":
                    wrong.append("it said that variables were lost")
            else:
                lost += 1
                if reply.get("ename") != "ProcessLost":
                    wrong.append("variables were lost without a word")
                execute(client, SETUP)
        if name in ("sleep-loop", "interval", "file-loop") and not is_still(client):
            wrong.append("it still runs in the background")
    except Exception as error:
        wrong.append(repr(error)[:120])
    finally:
        stop(manager, client)
    report = {"kind": name, "count": count, "kept": kept, "lost": lost, "wrong": wrong[:3]}
    if times:
        report.update(median=round(statistics.median(times)), max=round(max(times)))
    print(json.dumps(report), flush=True)
    return not wrong and kept + lost == count and (name in LOSING or kept == count)


class Sent(threading.Thread):
    """Sends an interrupt a little later; `result` is the time at which it did."""

    def __init__(self, client):
        super().__init__()
        self.client = client
        self.time = 0.0
        self.start()

    def run(self):
        time.sleep(0.12)
        self.time = time.time()
        interrupt(self.client)

    def result(self):
        self.join()
        return self.time


def interrupt_later(client):
    return Sent(client)


def is_still(client):
    before = result(execute(client, "hits")[1])
    time.sleep(0.2)
    return before == result(execute(client, "hits")[1])


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    only = sys.argv[2:]
    every = {**KEEPING, **LOSING}
    passed = [
        run(name, code, count if name in KEEPING else min(count, 3))
        for name, code in every.items()
        if not only or name in only
    ]
    sys.exit(0 if all(passed) else 1)
