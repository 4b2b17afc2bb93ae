"""The fold report as a page."""

from collections.abc import Sequence
from html import escape

from api.odata.report import Seen

_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>OData requests</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{font:15px/1.4 system-ui,sans-serif;margin:2rem;color-scheme:light dark}table{border-collapse:collapse}
td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884}
td.n{text-align:right;font-variant-numeric:tabular-nums}strong{color:#b3261e}caption{text-align:left}</style>
"""
_COLUMNS = ("Time (UTC)", "Client", "Request", "Options", "Status", "Months", "Rows read", "Rows given")


def page_of(key: str, seen: Sequence[Seen]) -> str:
    """The requests of a key as a table; whatever clients sent is escaped."""
    title = f"<h1>What {escape(key)} asked of OData</h1>"
    if not seen:
        return f"{_HEAD}{title}<p>Nothing yet. Open /odata/ in Power BI or Excel with this key, then look again.</p>"
    told = "Options that stand here were folded: the service did their work. What does not, the client does itself."
    heads = "".join(f"<th scope=col>{name}</th>" for name in (*_COLUMNS, "Asked of the TVox", "Milliseconds"))
    rows = "".join(_row(one) for one in seen)
    return f"{_HEAD}{title}<table><caption>{told}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(one: Seen) -> str:
    facts = one.told()
    texts = (one.time.strftime("%Y-%m-%d %H:%M:%S"), one.client, f"/odata/{one.path}", " ".join(one.folded))
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    remarks = [f"<br>{escape(one.refusal)}"] if one.refusal else []
    remarks += [f"<br><strong>{escape(one.flag)}</strong>"] if one.flag else []
    cells += f"<td>{one.status}{''.join(remarks)}</td><td>{escape(one.months or '')}</td>"
    for name in ("rowsRead", "rowsGiven", "upstreamRequests", "milliseconds"):
        value = facts[name]
        cells += f"<td class=n>{'' if value is None else value}</td>"
    return f"<tr>{cells}</tr>"
