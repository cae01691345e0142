"""Completions, idle and while a cell runs: every one is answered, with all typed members.

usage: python completions.py [COUNT]
"""

import json
import statistics
import sys
import time

from client import execute, interrupt, reply_to, start, stop

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SETUP = "interface Row { id: number; name: string; price: number }; const rows: Row[] = [{ id: 1, name: 'a', price: 2 }]"
MEMBERS = {"id", "name", "price"}


def ask(client, count):
    times, wrong = [], 0
    for _ in range(count):
        began = time.perf_counter()
        reply = reply_to(client, client.complete("rows[0]!."), timeout=10)
        times.append((time.perf_counter() - began) * 1000)
        wrong += not MEMBERS <= set(reply["matches"])
    return times, wrong


def run():
    manager, client = start()
    try:
        execute(client, SETUP)
        idle, wrong_idle = ask(client, COUNT // 2)
        spinning = client.execute("for (;;);")
        time.sleep(0.3)
        busy, wrong_busy = ask(client, COUNT - COUNT // 2)
        interrupt(client)
        reply_to(client, spinning)
    finally:
        stop(manager, client)
    report = {
        "count": COUNT,
        "wrong": wrong_idle + wrong_busy,
        "idle": round(statistics.median(idle), 1),
        "busy": round(statistics.median(busy), 1),
    }
    print(json.dumps(report))
    return report["wrong"] == 0


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
