"""The file that opens the OData feed in Power BI Desktop at a double click: a .pbids."""

import json

from addin.place import Place


def source_text(place: Place) -> str:
    """The JSON of a .pbids: one source, and no credentials, for which its format has no place.

    Power BI asks for a key the first time. Given as *Web API* it arrives as the password of *Basic*, which the service
    takes as well.
    """
    address = {"protocol": "odata", "address": {"url": f"{place.address}/odata/"}}
    return json.dumps(
        {"version": "0.1", "connections": [{"details": address, "options": {}, "mode": "Import"}]}, indent=2
    )
