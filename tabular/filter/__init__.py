"""The one filter grammar of the service: OData 4.01's `$filter` and `$orderby`, which every face shares.

`parse` reads a text and knows no names; `bind` gives its names and kinds a meaning in a table as a key sees it;
`evaluate.matches` is the plain reading of the result over one row, and `store/filtering.py` is the same as SQL.

What is true of null (OData 4.01 part 2, 5.1.1.1)
- `eq`: null equals null and nothing else: true or false, never null. `ne` is its opposite, so that
  `status ne 'HANGUP'` keeps the rows that have no status.
- `gt ge lt le` are false where a side is null; `not (waitDuration gt 30)` therefore keeps rows without one.
- `x in (…)` is `x eq` any of them: null is in a list that holds null, and in no other.
- `and`, `or`, `not` take null for unknown: `null and false` is false, `null or true` is true, else null; `not null`
  and `null has …` are null. A row is kept where the whole is true.
- Arithmetic and functions give null where an operand or argument is null. `any` of nothing is false, `all` true; an
  element counts where the condition is true. `case` gives null where no condition is true.

What is reckoned (5.1.1.2)
- Whole numbers have 64 bits, numbers are IEEE doubles (OData's decimals too); both together are numbers.
- `div` of whole numbers rounds towards zero and `mod` has the sign of its left side; `divby` always gives a number.
- What does not fit (a sum beyond 64 bits, a moment beyond the years 1 to 9999) is null. So is a division by zero, of
  every kind: OData lets the request fail, or gives INF, and one row without calls must not cost all others.
- NaN equals nothing, not even itself, and is neither above nor below any number.
- A duration is whole microseconds. A column that counts seconds is a duration too, where one stands beside it:
  `waitDuration gt duration'PT5M'`, `startTime add waitDuration`.

What is understood of time (5.1.1.8)
- Instants are compared as such. A moment without an offset is one of the question's zone, and so are the clocks of
  `year() month() day() hour() minute() second() date() time() totaloffsetminutes()`, whatever offset a literal has:
  the store keeps instants, and OData's face asks in UTC. Changes of clocks are known from 1970 to 2100.
- A day that a moment is above or below is its first moment; that a moment equals a day is refused, since hardly any
  does: `date(startTime) eq 2020-05-01` says what is meant.

Beyond the standard: columns may be spelt with dots (`contact.value`) or flat (`contact_value`); enums take plain texts,
and a value that an enum does not have is refused rather than never found. Patterns are RE2's, somewhere in the text.
"""

from tabular.filter.binding import Scope, bind, bind_value
from tabular.filter.bound import Bound
from tabular.filter.parser import parse, parse_order

__all__ = ["Bound", "Scope", "bind", "bind_value", "parse", "parse_order"]
