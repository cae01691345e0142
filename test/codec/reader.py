"""Reads encoded values as kernel/src/store/codec.md describes them, with Python's standard library alone.

Standard input: one encoded value a line, in hexadecimal. Standard output: for each a line of JSON that describes it as
describe.mjs does, or {"error": …}.
"""

import json
import struct
import sys

TYPED_ARRAYS = {
    64: ("Uint8Array", 1), 68: ("Uint8ClampedArray", 1), 69: ("Uint16Array", 2), 70: ("Uint32Array", 4),
    71: ("BigUint64Array", 8), 72: ("Int8Array", 1), 77: ("Int16Array", 2), 78: ("Int32Array", 4),
    79: ("BigInt64Array", 8), 84: ("Float16Array", 2), 85: ("Float32Array", 4), 86: ("Float64Array", 8),
}  # fmt: skip
SIMPLE = {20: False, 21: True, 22: None}
UNDEFINED = object()


class Bigint(int):
    pass


class Thing:
    """An object: its kind, what it holds by being of that kind, and its own properties."""

    def __init__(self, kind, **parts):
        self.kind, self.parts, self.own, self.closed = kind, parts, [], 0


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0
        self.marked = []  # what tags 28 stand before, by their number
        self.slot = None  # the tag 28 whose object has not begun yet
        self.classes = []

    def document(self):
        if self.head() != (6, 55799) or self.head() != (4, 3):
            raise ValueError("no encoded value")
        version = self.item()
        if version != 1:
            raise ValueError(f"version {version}")
        _, count = self.head()
        for _ in range(count):
            self.head()
            package, name = self.item(), self.item()
            self.classes.append((package, name, self.bytes().hex()))
        value = self.item()
        if self.at != len(self.data):
            raise ValueError("bytes after the end")
        return value

    def head(self):
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24 or major == 7:
            return major, info
        if info > 27:
            raise ValueError("indefinite length")
        return major, int.from_bytes(self.take(1 << (info - 24)), "big")

    def take(self, size):
        self.at += size
        if self.at > len(self.data):
            raise ValueError("cut off")
        return self.data[self.at - size : self.at]

    def bytes(self):
        major, size = self.head()
        if major != 2:
            raise ValueError("no bytes")
        return self.take(size)

    def begin(self, kind, **parts):
        """An object begins here: the tag 28 before it, if there is one, stands for it from now on."""
        return self.mark(Thing(kind, **parts))

    def mark(self, thing):
        if self.slot is not None:
            self.marked[self.slot], self.slot = thing, None
        return thing

    def item(self):
        major, argument = self.head()
        if major == 0:
            return argument
        if major == 1:
            return -1 - argument
        if major == 2:
            return self.begin("ArrayBuffer", bytes=self.take(argument))
        if major == 3:
            return self.take(argument).decode()
        if major == 4:
            thing = self.begin("Array", length=argument, elements=[])
            thing.parts["elements"].extend([str(i), self.item()] for i in range(argument))
            return thing
        if major == 5:
            return self.properties(self.begin("Object"), argument)
        if major == 6:
            return self.tagged(argument)
        if argument == 23:
            return UNDEFINED
        return SIMPLE[argument] if argument in SIMPLE else struct.unpack(">d", self.take(8))[0]

    def properties(self, thing, count):
        for _ in range(count):
            key = self.item()
            thing.own.append([key, self.item()])
        return thing

    def tagged(self, tag):
        if tag in TYPED_ARRAYS:
            kind, size = TYPED_ARRAYS[tag]
            thing, data = self.begin(kind), self.bytes()
            buffer = Thing("ArrayBuffer", bytes=data)
            thing.parts = {"buffer": buffer, "offset": 0, "length": len(data) // size}
            return thing
        if tag == 28:
            self.slot = len(self.marked)
            self.marked.append(None)
            return self.item()
        if tag == 29:
            return self.marked[self.item()]
        if tag in (2, 3):
            number = int.from_bytes(self.bytes(), "big")
            return Bigint(number if tag == 2 else -1 - number)
        if tag == 273:
            return self.bytes().decode("utf-8", "surrogatepass")
        if tag == 259:
            thing = self.begin("Map", entries=[])
            for _ in range(self.head()[1]):
                key = self.item()
                thing.parts["entries"].append([key, self.item()])
            return thing
        if tag == 258:
            thing = self.begin("Set", items=[])
            thing.parts["items"].extend(self.item() for _ in range(self.head()[1]))
            return thing
        if tag == 21574:
            return self.begin("Date", time=self.item())
        if tag == 21575:
            thing = self.begin("RegExp")
            self.head()
            thing.parts = {"source": self.item(), "flags": self.item(), "lastIndex": self.item()}
            return thing
        if tag == 21576:
            thing = self.begin("", error=True)
            self.head()
            thing.kind = self.item()
            self.properties(thing, self.head()[1])
            thing.parts["hidden"], thing.own = thing.own, []
            return thing
        if tag == 21577:
            primitive = self.item()
            return self.begin(boxed_kind(primitive), primitive=primitive)
        if tag == 21578:
            thing = self.item()
            thing.kind = "null"
            return thing
        if tag == 21579:
            thing, (_, count) = self.begin("Array"), self.head()
            thing.parts = {"length": self.item(), "elements": []}
            for _ in range(count // 2):
                index = str(self.item())
                thing.parts["elements"].append([index, self.item()])
            return thing
        if tag == 21580:
            self.head()
            thing = self.item()
            return self.properties(thing, self.head()[1])
        if tag == 21581:
            self.head()
            level = self.item()
            thing = self.item()
            thing.closed = level
            return thing
        if tag == 21582:
            return self.begin("Buffer", bytes=self.bytes())
        if tag == 21583:
            thing = self.begin("")
            self.head()
            thing.kind = self.item()
            thing.parts = {"buffer": self.item(), "offset": self.item(), "length": self.item()}
            return thing
        if tag == 21584:
            slot, self.slot = self.slot, None
            buffer = self.item().parts["buffer"]
            self.slot = slot
            return self.mark(buffer)
        if tag == 21585:
            self.head()
            number = self.item()
            thing = self.item()
            thing.kind = self.classes[number][1]
            return thing
        if tag == 21586:
            thing = self.begin("converted")
            self.head()
            thing.parts = {"class": self.classes[self.item()], "how": self.item(), "data": self.item()}
            return thing
        if tag == 21588:
            slot, self.slot = self.slot, None
            data = self.item()
            self.slot = slot
            return self.mark(data)
        raise ValueError(f"tag {tag}")


def boxed_kind(primitive):
    if isinstance(primitive, bool):
        return "Boolean"
    if isinstance(primitive, str):
        return "String"
    return "BigInt" if isinstance(primitive, Bigint) else "Number"


class Description:
    def __init__(self):
        self.ids = {}

    def of(self, value):
        if value is UNDEFINED:
            return {"kind": "undefined"}
        if isinstance(value, Bigint):
            return {"kind": "bigint", "hex": f"{value:x}"}
        if isinstance(value, float):
            return {"kind": "number", "bits": struct.pack(">d", value).hex()}
        if isinstance(value, bytes):
            return value.hex()
        if isinstance(value, (list, tuple)):
            return [self.of(each) for each in value]
        if not isinstance(value, Thing):
            return value
        if value in self.ids:
            return {"ref": self.ids[value]}
        number = self.ids[value] = len(self.ids)
        parts = {name: self.of(part) for name, part in value.parts.items()}
        return {"id": number, "kind": value.kind, "closed": value.closed, **parts, "own": self.of(value.own)}


def main():
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        try:
            answer = Description().of(Reader(bytes.fromhex(line)).document())
        except ValueError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer))


main()
