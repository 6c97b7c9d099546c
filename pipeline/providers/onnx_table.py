"""
A packaged network's table of words, left in its file: only the rows of the words that are said are read.

onnxruntime would write the whole table out as decimals when it loads the network: 47 MB a process, of which a sentence needs
twenty rows. So the table is cut out of the network (its file is a tree of numbered fields, Protocol Buffers) and becomes an
input: each sentence brings its own rows, which have the same values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

GRAPH: Final = 7  # field of the model; the next ones are fields of the graph
NODE, TENSOR, INPUT, VALUE = 1, 5, 11, 13
NAMED_BY: Final = {NODE: 2, TENSOR: 8, VALUE: 1}  # a node by what it makes
DIMENSION, RAW = 1, 9  # fields of a tensor
VARINT, LENGTH = 0, 2  # ways to write a field's value
FIXED: Final = {1: 8, 5: 4}  # bytes of the other ways
FLOAT: Final = 1  # a type of tensors
ROWS: Final = b"rows"  # what the input's height is called: it is another for each sentence
Tokens = npt.NDArray[np.int64]
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of eight-bit numbers, each row with a scale of its own."""

    numbers: npt.NDArray[np.int8]
    scales: Rows

    def rows(self, tokens: Tokens) -> Rows:
        """Return the rows of these tokens, one under the other."""
        picked: Rows = self.numbers[tokens].astype(np.float32) * self.scales[tokens]
        return picked


@dataclass(frozen=True, slots=True)
class _Field:
    number: int
    start: int  # of the whole field
    begin: int  # of its value
    end: int


def take_out(path: Path, name: str) -> tuple[bytes, Table]:
    """Return the network with the table of this name as an input, and the table."""
    with path.open("rb") as file:
        data = mmap(file.fileno(), 0, access=ACCESS_READ)
    model = list(_fields(data, 0, len(data)))
    graph = next(field for field in model if field.number == GRAPH)
    made = {f"{name}{end}".encode() for end in ("", "_f", "_q", "_scale")}
    kept, cut = bytearray(), {}
    for field in _fields(data, graph.begin, graph.end):
        called = _name(data, field)
        if called not in made:
            kept += data[field.start : field.end]
        elif field.number == TENSOR:
            cut[called] = field
    numbers, scales = cut[f"{name}_q".encode()], cut[f"{name}_scale".encode()]
    height, width = _shape(data, numbers)
    kept += _input(name.encode(), width)
    others = b"".join(data[field.start : field.end] for field in model if field is not graph)
    table = Table(
        numbers=np.memmap(
            path, np.int8, "r", offset=_raw(data, numbers).begin, shape=(height, width)
        ),
        scales=np.frombuffer(
            data, np.float32, count=height, offset=_raw(data, scales).begin
        ).reshape(height, 1).copy(),
    )  # fmt: skip
    return others + _field(GRAPH, bytes(kept)), table


def _fields(data: mmap, place: int, end: int) -> Iterator[_Field]:
    while place < end:
        start = place
        key, place = _number(data, place)
        begin = place
        if key & 7 == VARINT:
            _, place = _number(data, place)
        elif key & 7 == LENGTH:
            length, begin = _number(data, place)
            place = begin + length
        else:
            place += FIXED[key & 7]
        yield _Field(key >> 3, start, begin, place)


def _number(data: mmap, place: int) -> tuple[int, int]:
    """Return the number that is written here, seven bits a byte, and the place after it."""
    value = shift = 0
    while data[place] & 128:
        value |= (data[place] & 127) << shift
        shift += 7
        place += 1
    return value | data[place] << shift, place + 1


def _name(data: mmap, field: _Field) -> bytes:
    wanted = NAMED_BY.get(field.number)
    return next(
        (
            data[part.begin : part.end]
            for part in (_fields(data, field.begin, field.end) if wanted else ())
            if part.number == wanted
        ),
        b"",
    )


def _shape(data: mmap, tensor: _Field) -> tuple[int, int]:
    sizes = [
        _number(data, place)[0]
        for part in _fields(data, tensor.begin, tensor.end)
        if part.number == DIMENSION
        for place in (part.begin,)
    ]
    height, width = sizes
    return height, width


def _raw(data: mmap, tensor: _Field) -> _Field:
    return next(part for part in _fields(data, tensor.begin, tensor.end) if part.number == RAW)


def _input(name: bytes, width: int) -> bytes:
    """Return the graph's field that announces an input of this width and any height."""
    shape = _field(1, _field(2, ROWS)) + _field(1, _write(1 << 3) + _write(width))
    tensor = _write(1 << 3) + _write(FLOAT) + _field(2, shape)
    return _field(INPUT, _field(1, name) + _field(2, _field(1, tensor)))


def _field(number: int, value: bytes) -> bytes:
    return _write(number << 3 | LENGTH) + _write(len(value)) + value


def _write(number: int) -> bytes:
    written = bytearray()
    while number > 127:  # noqa: PLR2004 - seven bits
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)
