"""User processes that die in every way are reported and replaced; errors that no one catches are not deaths.

usage: python deaths.py
"""

import json
import os
import sys
import time

import psutil
from client import execute, result, start, stop, wait_for

DEATHS = {
    "exit": "process.exit(3)",
    "abort": "process.abort()",
    "segfault": 'process.kill(process.pid, "SIGSEGV"); await new Promise((r) => setTimeout(r, 1000))',
    "killed": 'process.kill(process.pid, "SIGKILL"); await new Promise((r) => setTimeout(r, 1000))',
    "out-of-memory": "const hog: number[][] = []; for (;;) hog.push(new Array(1e4).fill(1.5))",
}
ERRORS = {
    "stack-overflow": ("const f = (): number => f() + 1; f()", "RangeError"),
    "rejection": ('void Promise.reject(new Error("late")); 1', "Error"),
    "timer": ('setTimeout(() => { throw new Error("late"); }, 10); await new Promise((r) => setTimeout(r, 50))', "Error"),
}


def run():
    manager, client = start(env={**os.environ, "TAGFLOW_HEAP": "64"})
    passed = True
    try:
        execute(client, "const kept = 1")
        for name, (code, expected) in ERRORS.items():
            reply, _ = execute(client, code)
            _, outputs = execute(client, "kept")
            passed &= report(name, reply, reply.get("ename") == expected and result(outputs) == "1")
        for name, code in DEATHS.items():
            reply, _ = execute(client, code)
            began = time.time()
            after, outputs = execute(client, "1 + 1")
            seconds = time.time() - began
            forgotten, _ = execute(client, "kept")
            good = reply.get("ename") == "ProcessLost" and result(outputs) == "2"
            passed &= report(name, reply, good and forgotten["status"] == "error", seconds)
        passed &= orphans(manager, client)
    finally:
        stop(manager, client)
    return passed


def report(name, reply, good, seconds=None):
    content = {"kind": name, "good": good, "said": f"{reply.get('ename')}: {reply.get('evalue')}"[:140]}
    if seconds is not None:
        content["replaced"] = round(seconds, 3)
    print(json.dumps(content), flush=True)
    return good


def orphans(manager, client):
    """A kernel that is killed leaves no process behind, also when user code never returns."""
    client.execute("for (;;);")
    kernel = psutil.Process(manager.provisioner.pid)
    wait_for(lambda: kernel.children())
    time.sleep(0.5)
    children = kernel.children(recursive=True)
    kernel.kill()
    gone = wait_for(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    print(json.dumps({"kind": "killed-kernel", "good": gone, "processes": len(children)}), flush=True)
    return gone


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
