"""OData 4.01's query options: text → trees that know no names, with the place of everything in the text.

`decoded` makes names and values of an address's query, `read_options` trees of these, and `with_aliases` puts what
`@p=…` says where `@p` stands. Expressions are those of `tabular/filter/`; what they mean is found where they are bound.
"""

from odata.options.aliases import with_aliases
from odata.options.decoding import decoded
from odata.options.reading import read_options, system_option
from odata.options.tree import Expanded, Form, Options, Selected

__all__ = [
    "Expanded",
    "Form",
    "Options",
    "Selected",
    "decoded",
    "read_options",
    "system_option",
    "with_aliases",
]
