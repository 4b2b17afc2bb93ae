"""The release of this software, as CHANGELOG.md names it."""

RELEASE = "0.1.0"
