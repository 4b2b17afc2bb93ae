"""How the service's text formats spell values, as whoever brings rows to OData passes it on."""

from formats.jsontext import escaped
from formats.spelling import bytes_of, utc_text
from odata.rendering import Spelling

SPELLING = Spelling(escaped, utc_text, bytes_of)
