"""The sample of interop.capnp: filled in and compared field by field."""

import math

from schema import interop

PLAIN = {
    "yes": True,
    "no": False,
    "int8": -(2**7),
    "int16": -(2**15),
    "int32": -(2**31),
    "int64": -(2**63),
    "uint8": 2**8 - 1,
    "uint16": 2**16 - 1,
    "uint32": 2**32 - 1,
    "uint64": 2**64 - 1,
    "float32": 1.5,
    "float64": -2.5e-300,
    "inverted": 9,
    "colour": "blue",
    "text": "naïve 🦀",
    "data": b"\x00\x01\xfe\xff",
}
DEFAULTS = {"unset": 42, "unsetText": "unset"}
LISTS = {
    "bools": [i % 3 == 0 for i in range(10)],
    "int16s": [-1, 0, 1],
    "colours": ["blue", "red"],
    "texts": ["", "one", "zwei"],
}
POINTS = [(1, 2), (3, 4)]
MATRIX = [[1], [], [2, 3]]


def fill_sample(sample):
    for field, value in (PLAIN | LISTS).items():
        setattr(sample, field, value)
    sample.float64s = [0.5, -math.inf, math.nan]
    sample.point = {"x": -1, "y": 2}
    sample.any = interop.Point.new_message(x=5, y=6)
    sample.points = [{"x": x, "y": y} for x, y in POINTS]
    sample.matrix = MATRIX
    sample.range.low = -5
    sample.range.high = 5
    sample.label = "seven"


def difference_from_sample(sample):
    """The names of the fields that differ; empty when none does."""
    wrong = [
        field for field, value in (PLAIN | DEFAULTS).items() if getattr(sample, field) != value
    ]
    wrong += [field for field, values in LISTS.items() if list(getattr(sample, field)) != values]

    def check(field, right):
        if not right:
            wrong.append(field)

    half, infinity, nan, *rest = sample.float64s
    check("float64s", (half, infinity, rest) == (0.5, -math.inf, []) and math.isnan(nan))
    check("point", as_pair(sample.point) == (-1, 2))
    check("any", as_pair(sample.any.as_struct(interop.Point)) == (5, 6))
    check("points", [as_pair(point) for point in sample.points] == POINTS)
    check("matrix", [list(row) for row in sample.matrix] == MATRIX)
    check("range", (sample.range.low, sample.range.high) == (-5, 5))
    check("label", sample.which == "label" and sample.label == "seven")
    return " ".join(wrong)


def as_pair(point):
    return (point.x, point.y)
