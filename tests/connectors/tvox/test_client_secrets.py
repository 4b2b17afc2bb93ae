"""The key of the TVox goes to the TVox in its header, and nowhere else."""

import logging
import traceback

import pytest

from tabular.errors import UpstreamFailed
from tests.connectors.tvox.peers import BODY, DATA, KEY, Asking, Peer, Reply, answer, cut, head, raw

SHOUTED = f"<p>{KEY} and {KEY.upper()}</p>".encode()

TELLING: dict[str, Reply] = {
    "an answer": answer(X_Key=KEY),
    "a page": answer(404, SHOUTED, f"text/html; {KEY}", Set_Cookie=KEY),
    "a kind": answer(200, SHOUTED, KEY),
    "a redirect": answer(302, SHOUTED, Location=f"https://{KEY}.example/{KEY}"),
    "a refusal": answer(403, SHOUTED),
    "a pause": answer(429, SHOUTED, Retry_After=KEY),
    "an error": answer(500, SHOUTED),
    "no HTTP": cut(SHOUTED),
    "a broken head": raw(b"HTTP/1.1 200 OK\r\n" + KEY.encode() + b"\r\n\r\n"),
    "a cut answer": cut(head(200, {"Content-Length": "1000"}) + SHOUTED),
    "an odd packing": answer(Content_Encoding=KEY),
}


@pytest.mark.parametrize("telling", TELLING)
def test_whoever_repeats_the_key_is_not_repeated(telling: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Peer(TELLING[telling]) as peer, Asking(peer.address) as asking:
        try:
            assert asking.send() == DATA
        except UpstreamFailed as failure:
            shown = [str(failure), repr(failure), "".join(traceback.format_exception(failure))]
        else:
            assert telling == "an answer"
            shown = []
        shown += [repr(asking.client), repr(asking.client.state()), str(vars(asking.client)["_lines"])]
        assert peer.asked[0].headers["x-telenia-apikey"] == KEY
        assert KEY not in peer.asked[0].line
        assert KEY.encode() not in peer.asked[0].body
    assert caplog.records
    for text in [*shown, caplog.text]:
        assert KEY not in text
        assert KEY.upper() not in text
        assert BODY.decode() not in text
