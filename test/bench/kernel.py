"""Measures one kernel once, as a frontend sees it, and prints one JSON object.

usage: python kernel.py KERNEL < {"first": code, "cells": [code], "completions": [{"code", "members"}]}

Times are seconds. JUPYTER_PATH says where the kernelspec is.
"""

import json
import queue
import subprocess
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

PATIENCE = 20
COMPLETION_ROUNDS = 10


def answer(receive, message_id, timeout=PATIENCE):
    """The next message that answers `message_id`."""
    while True:
        message = receive(timeout=timeout)
        if message["parent_header"].get("msg_id") == message_id:
            return message


def execute(client, code):
    """Runs a cell until its reply and idle have come: (seconds until its result, seconds in all, its errors)."""
    started = time.perf_counter()
    message_id = client.execute(code)
    result, errors = None, []
    while True:
        message = answer(client.get_iopub_msg, message_id)
        kind, content = message["msg_type"], message["content"]
        if kind in ("execute_result", "display_data") and result is None:
            result = time.perf_counter() - started
        if kind == "error" or (kind == "stream" and content["name"] == "stderr"):
            errors.append(content.get("evalue") or content.get("text"))
        if kind == "status" and content["execution_state"] == "idle":
            break
    reply = answer(client.get_shell_msg, message_id)["content"]
    if reply["status"] != "ok" and not errors:
        errors.append(reply.get("evalue", "failed"))
    return result, time.perf_counter() - started, errors


def complete(client, code):
    """(seconds, matches), or None when no answer came."""
    started = time.perf_counter()
    message_id = client.complete(code, len(code))
    try:
        reply = answer(client.get_shell_msg, message_id, timeout=5)
    except queue.Empty:
        return None
    return time.perf_counter() - started, reply["content"].get("matches", [])


def wait_for_iopub(client):
    """Returns when the subscription works: what is timed on it must not wait for it."""
    while True:
        client.kernel_info()
        try:
            client.get_iopub_msg(timeout=0.1)
            return
        except queue.Empty:
            pass


def measure(kernel, first, cells, completions):
    context = zmq.Context()
    context.setsockopt(zmq.RECONNECT_IVL, 5)  # 100 ms as a rule: the start would be measured in steps of it
    manager = KernelManager(kernel_name=kernel, context=context)
    started = time.perf_counter()
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        answer(client.get_shell_msg, client.kernel_info())
        ready = time.perf_counter() - started
        wait_for_iopub(client)
        result, total, errors = execute(client, first)
        first_result = time.perf_counter() - started - total + (result or total)
        times = []
        for cell in cells:
            try:
                _, seconds, found = execute(client, cell)
            except queue.Empty:
                errors.append("a cell was never answered")
                continue
            times.append(seconds)
            errors += found
        answers = [complete(client, c["code"]) for _ in range(COMPLETION_ROUNDS) for c in completions]
        offered = [
            len(set(c["members"]) & {m.rsplit(".", 1)[-1] for m in found[1]})
            for c, found in zip(completions, answers)
            if found
        ]
        return {
            "ready": ready,
            "first": first_result,
            "cells": times,
            "completion": [found[0] for found in answers if found],
            "lost": answers.count(None),
            "members": sum(offered),
            "errors": errors,
        }
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


request = json.load(sys.stdin)
print(json.dumps(measure(sys.argv[1], request["first"], request["cells"], request["completions"])))
