"""An address of a TVox, as an administrator may write it."""

from dataclasses import dataclass, field

import httpx

ENDPOINT = "/datamodel/query"


@dataclass(frozen=True, slots=True)
class Address:
    """`shown` is what people read, `url` where requests go, and neither holds a secret.

    `login` is the name and password of a web server that stands before the TVox.
    """

    shown: str
    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether others on the way can read what is sent: no TLS, and not this machine."""
        parsed = httpx.URL(self.url)
        return parsed.scheme == "http" and parsed.host not in {"localhost", "127.0.0.1", "::1"}


def parse_address(written: str) -> Address:
    """The address that `written` means: a bare host is one of https, and the path of the Data Model may be left out.

    Raises ValueError, which does not repeat what was written: it may hold a password.

    >>> parse_address("tvox.example").url
    'https://tvox.example/datamodel/query'
    >>> parse_address("https://anna:secret@tvox.example:8443/datamodel/").shown
    'https://tvox.example:8443'
    """
    text = written.strip()
    try:
        parsed = httpx.URL(text if "://" in text else f"https://{text}")
        parsed.raw_host.decode("ascii").encode("idna")  # as looking it up would
    except (httpx.InvalidURL, ValueError) as failure:
        raise ValueError("an address of a TVox cannot be understood") from failure
    if parsed.scheme not in {"https", "http"} or not parsed.host or any(letter.isspace() for letter in text):
        raise ValueError("an address of a TVox is a host, or begins with https://")
    if "?" in text or "#" in text:
        raise ValueError("an address of a TVox ends with its path: nothing follows after ? or #")
    path = parsed.raw_path.decode("ascii").rstrip("/")
    before = path.removesuffix("/query") if path.endswith(ENDPOINT) else path
    shown = f"{parsed.scheme}://{parsed.netloc.decode('ascii')}{before.removesuffix('/datamodel')}"
    login = (parsed.username, parsed.password) if parsed.userinfo else None
    return Address(shown, shown + ENDPOINT, login)
