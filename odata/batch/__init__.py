"""`$batch`: several requests in one, as multipart or as JSON, read and written without being carried out."""

from odata.batch.parts import LARGEST, MOST_PARTS, BatchRequest, PartAnswer, PartRequest, refusal_of
from odata.batch.reading import read
from odata.batch.writing import as_json, as_multipart, multipart_type, new_boundary

__all__ = [
    "LARGEST",
    "MOST_PARTS",
    "BatchRequest",
    "PartAnswer",
    "PartRequest",
    "as_json",
    "as_multipart",
    "multipart_type",
    "new_boundary",
    "read",
    "refusal_of",
]
