"""Objects inside of others: the texts of related entities as the arrays and objects that their entities hold."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from odata.rendering.entities import objects

__all__ = ["arrays", "objects", "single_objects"]


def arrays(texts: pa.Array, offsets: np.ndarray) -> pa.Array:
    """JSON arrays of what `objects` gives (each behind a comma): the n-th of those from `offsets[n]` to the next.

    >>> arrays(pa.array([",{}", ",{}", ",{}"]), np.array([0, 2, 2, 3])).to_pylist()
    ['[{},{}]', '[]', '[{}]']
    """
    if not len(texts):
        return pa.repeat(pa.scalar("[]", pa.string()), len(offsets) - 1)
    # Texts that follow each other lie so in memory: an array's text is there already.
    letters = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    bounds = pa.py_buffer(np.ascontiguousarray(letters[offsets]))
    joined = pa.StringArray.from_buffers(len(offsets) - 1, bounds, texts.buffers()[2])
    return pc.binary_join_element_wise("[", pc.binary_replace_slice(joined, 0, 1, ""), "]", "")


def single_objects(texts: pa.Array) -> pa.Array:
    """The objects themselves, without the commas.

    >>> single_objects(pa.array([",{}"])).to_pylist()
    ['{}']
    """
    return pc.binary_replace_slice(texts, 0, 1, "")
