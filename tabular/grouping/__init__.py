"""Groups and measures: what a question may make of its rows, the same for every face.

What a group is
- Rows whose keys are all equal; rows without a value of a key are a group too, the last one in its order. Texts are
  equal letter by letter. What `filter` and the window leave out is in no group.
- Keys without measures give the different combinations of values. Measures without keys give one row, also where no
  row was kept: `count` is then 0 and what is made of values is null.
- A key or a measure sees what the key of the caller sees: a masked column is grouped by its mask.

What is known of time
- A stretch (`day`, `hour` …) is named by the moment at which it begins in the zone of the question. A day has 23 or 25
  hours where clocks are changed; weeks begin on Monday.
- An hour and a half-hour end where clocks are changed: of two hours that show 02:00 each is a stretch of its own, and
  where clocks go by half an hour the stretch is a shorter one. Days and longer ones are what the calendar says: a day
  that shows its midnight twice begins with the first.
- What a clock shows (`hourofday`, `weekday` …) puts together what looks the same: both hours that show 02:00 are 2.
- Changes of clocks are known from 1970 to 2100.

What is reckoned
- Null is no value: functions pass over it, and give null where nothing is left (`count` and `distinct` give 0). So they
  do with a number that is none (NaN).
- Whole numbers stay whole in `sum`, `min` and `max`; a sum that does not fit into 64 bits is null. Averages, medians
  and percentiles are numbers. Sums and averages of durations are durations in the same unit.
- Percentile p of n values in order is the value at place (n - 1) * p / 100, counted from 0; between two places it lies
  between their values in proportion (Excel's PERCENTILE.INC). The median is the 50th.
- `min` and `max` of texts go by the code points of their letters.
"""

from tabular.grouping.grouping import Grouping
from tabular.grouping.keys import Key, Part
from tabular.grouping.measures import Function, Measure

__all__ = ["Function", "Grouping", "Key", "Measure", "Part"]
