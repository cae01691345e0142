"""A kernel and one conversation with it, for the scripts in this folder."""

import time

import zmq
from jupyter_client.manager import KernelManager


class Stray(Exception):
    """A message came that belongs to no request in progress."""


def start(**options):
    """A kernel that is ready, with its client; keyword arguments go to `start_kernel`."""
    context = zmq.Context()
    context.setsockopt(zmq.RECONNECT_IVL, 5)  # the default of 100 ms would be most of the time measured
    manager = KernelManager(kernel_name="tagflow", context=context)
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return manager, client


def stop(manager, client):
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def execute(client, code, timeout=60, **options):
    """Content of the reply, and the outputs as (type, content). Output of other cells is of type STRAY."""
    request = client.execute(code, **options)
    outputs = []
    while True:
        message = client.get_iopub_msg(timeout=timeout)
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request:
            outputs.append(("STRAY", {"type": kind, **content}))
        elif kind == "status":
            if content["execution_state"] == "idle":
                break
        elif kind != "execute_input":
            outputs.append((kind, content))
    return reply_to(client, request, timeout), [output for output in outputs if not is_status(output)]


def is_status(output):
    return output[0] == "STRAY" and output[1]["type"] == "status"


def reply_to(client, request, timeout=60):
    while True:
        message = client.get_shell_msg(timeout=timeout)
        if message["parent_header"].get("msg_id") == request:
            return message["content"]


def result(outputs):
    """Plain text of a cell's result."""
    return next((content["data"]["text/plain"] for kind, content in outputs if kind == "execute_result"), None)


def stream(outputs, name=None):
    """What the cell printed."""
    texts = [content["text"] for kind, content in outputs if kind == "stream" and name in (None, content["name"])]
    return "".join(texts)


def interrupt(client):
    client.control_channel.send(client.session.msg("interrupt_request", {}))


def wait_for(condition, timeout=10):
    """Waits until the condition holds, and says whether it did."""
    end = time.time() + timeout
    while not condition():
        if time.time() > end:
            return False
        time.sleep(0.02)
    return True
