"""The body of a batch → its requests, by the body's media type."""

from odata.accepting import JSON, MULTIPART
from odata.batch.multipart import of_multipart
from odata.batch.objects import of_json
from odata.batch.parts import LARGEST, BatchRequest
from tabular.errors import BatchTooLarge, BodyNotBatch


def read(content_type: str, body: bytes, root: str) -> BatchRequest:
    """The requests of a batch; `content_type` is the header of that name, `root` the path of the service's root.

    `root` has no slash at its end. Raises BodyNotBatch, BatchTooLarge, and BatchWrong where the batch itself cannot be
    read; what is wrong with one request alone is that part's `refusal`.
    """
    if len(body) > LARGEST:
        raise BatchTooLarge(f"{LARGEST // 1_000_000} MB")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == MULTIPART:
        return BatchRequest(MULTIPART, of_multipart(content_type, body, root))
    if media_type == JSON:
        return BatchRequest(JSON, of_json(body, root))
    raise BodyNotBatch(content_type)
