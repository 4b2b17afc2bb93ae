"""The pure parts of the pages, tested in Node by addin/web/tests."""

from pathlib import Path

import pytest

from addin import build


def test_the_scripts_pass_their_own_tests(tmp_path: Path) -> None:
    try:
        node = build.ready()
    except build.NotBuilt as failure:
        pytest.skip(str(failure))
    with (tmp_path / "said").open("w+") as said:
        code = node.run("run", "--silent", "test", log=said.fileno())
        said.seek(0)
        assert code == 0, said.read()
