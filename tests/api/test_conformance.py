"""GraphQL over HTTP, judged by the audits of the specification's own authors."""

from pathlib import Path

import pytest

from addin import build
from api.services import Services
from tests.serving import Served


def test_the_data_model_passes_every_audit(filled: Services, tmp_path: Path) -> None:
    try:
        node = build.ready()
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    running = Served(filled)
    try:
        with (tmp_path / "said").open("w+") as said:
            address = f"{running.address}/datamodel/query"
            code = node.run("run", "--silent", "conformance", "--", address, running.key, log=said.fileno())
            said.seek(0)
            text = said.read()
    finally:
        running.close()
    assert code == 0, text
    assert ", 0 failed" in text
