"""The running service as seen by a command that finds the store in use: it takes the work over."""

import json
import ssl
from collections.abc import Callable, Mapping

import httpx

from store.service_file import ServiceFile
from tabular.errors import ServiceEnded


class Refused(Exception):
    """The service's own refusal of the work, as it said it."""


class Unreachable(Exception):
    """Nobody answers at the address of the service file: the service is starting or ending."""


def hand_over(
    service: ServiceFile, message: Mapping[str, object], tell: Callable[[Mapping[str, object]], None]
) -> tuple[str, ...]:
    """Have the service do a job; what it says when done, in sentences.

    `tell` hears of each progress. Raises Refused, ServiceEnded, Unreachable.
    """
    scheme = "https" if service.certificate else "http"
    try:
        with (
            httpx.Client(verify=_trust(service), timeout=httpx.Timeout(10, read=None), trust_env=False) as client,
            client.stream(
                "POST",
                f"{scheme}://{service.host}:{service.port}/work",
                json=dict(message),
                headers={"Authorization": f"Bearer {service.token}"},
            ) as response,
        ):
            if response.status_code == 404:
                raise Unreachable
            for line in response.iter_lines():
                said = json.loads(line)
                if "code" in said:
                    raise Refused(" ".join(filter(None, (said["title"], said.get("hint"), f"[{said['code']}]"))))
                if "said" in said:
                    return tuple(said["said"])
                tell(said)
    except httpx.ConnectError as failure:
        raise Unreachable from failure
    except httpx.HTTPError as failure:
        raise ServiceEnded() from failure
    raise ServiceEnded()


def _trust(service: ServiceFile) -> ssl.SSLContext | bool:
    """Trust exactly the service's own certificate, whatever name it is for: the address is this machine's."""
    if service.certificate is None:
        return True
    context = ssl.create_default_context(cafile=service.certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
