"""The address under which people reach this service."""

from fastapi import Request

from api.settings import Settings


def public_address(request: Request, settings: Settings) -> str:
    """`TVOX_PUBLIC_URL` where it is set, else the address that the request came to; without a slash at its end."""
    return (settings.public_url or str(request.base_url)).rstrip("/")
