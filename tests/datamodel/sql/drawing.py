"""Statements drawn from a small grammar: fields, conditions, groups and orders over the tables of tickets."""

import random
from collections.abc import Callable

TEXTS = ("t.title", "t.number", "t.t_custom_01", "t.t_custom_02")
WHOLES = ("t.id", "t.state_id", "t.priority_id", "t.article_count", "t.first_response_in_min", "t.close_in_min")
TIMES = ("t.created_at", "t.updated_at", "t.close_at", "t.first_response_at")
SPANS = ("SECOND", "DAY", "MONTH")
LITERALS = ("'12abc'", "'Eva'", "'ROSSI'", "''", "'3.50'", "'a_b'", "'x|y|z'", "' lead'")


class Drawing:
    """Draws statements, the same ones from the same seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 (the same statements every time)

    def statement(self) -> str:
        """A SELECT whose rows come in one order only."""
        return self._dice.choice((self._plain, self._grouped, self._unioned))()

    def _plain(self) -> str:
        fields = [f"{self._any(2)} AS f{place}" for place in range(self._dice.randint(1, 4))]
        where = f" WHERE {self._condition(2)}" if self._dice.random() < 0.7 else ""
        limit = f" LIMIT {self._dice.randint(0, 30)}" if self._dice.random() < 0.4 else ""
        order = f"{self._any(1)}{self._dice.choice((' DESC', ''))}, t.id"
        return f"SELECT t.id, {', '.join(fields)} FROM tickets t{where} ORDER BY {order}{limit}"

    def _grouped(self) -> str:
        key = self._dice.choice((*WHOLES[1:3], self._whole(1), f"DATE({self._dice.choice(TIMES)})"))
        fields = [f"{self._aggregate()} AS f{place}" for place in range(self._dice.randint(1, 3))]
        having = f" HAVING COUNT(*) > {self._dice.randint(0, 3)}" if self._dice.random() < 0.4 else ""
        where = f" WHERE {self._condition(1)}" if self._dice.random() < 0.5 else ""
        return f"SELECT {key} AS k, {', '.join(fields)} FROM tickets t{where} GROUP BY {key}{having} ORDER BY k"

    def _unioned(self) -> str:
        kind = self._dice.choice((self._whole, self._decimal))
        sides = [f"SELECT {kind(1)} AS f FROM tickets t WHERE {self._condition(1)}" for _ in range(2)]
        return f"{sides[0]} {self._dice.choice(('UNION', 'UNION ALL'))} {sides[1]} ORDER BY f"

    def _any(self, depth: int) -> str:
        kinds: tuple[Callable[[int], str], ...] = (self._text, self._whole, self._decimal, self._time, self._truth)
        return self._dice.choice(kinds)(depth)

    def _text(self, depth: int) -> str:
        if depth == 0:
            return self._dice.choice(TEXTS + LITERALS)
        one, many = self._text(depth - 1), self._dice.randint(-2, 5)
        return self._dice.choice(
            (
                f"CONCAT({one}, {self._any(depth - 1)})",
                f"UPPER({one})",
                f"LEFT({one}, {many})",
                f"SUBSTRING({one}, {many}, 3)",
                f"LPAD({one}, {many}, '*')",
                f"REPLACE({one}, 'a', {self._text(0)})",
                f"SUBSTRING_INDEX({one}, '|', {many})",
                f"TRIM({one})",
                f"IFNULL({one}, {self._text(depth - 1)})",
                f"CASE WHEN {self._condition(depth - 1)} THEN {one} ELSE {self._any(depth - 1)} END",
                f"DATE_FORMAT({self._dice.choice(TIMES)}, '%d.%m.%Y %H:%i')",
                f"GREATEST({one}, {self._text(0)})",
                f"DAYNAME({self._dice.choice(TIMES)})",
            )
        )

    def _whole(self, depth: int) -> str:
        if depth == 0:
            return self._dice.choice((*WHOLES, str(self._dice.randint(0, 50))))
        one, other = self._whole(depth - 1), self._whole(depth - 1)
        return self._dice.choice(
            (
                f"({one} {self._dice.choice('+-*')} {other})",
                f"({one} DIV {other})",
                f"({one} % {other})",
                f"IF({self._condition(depth - 1)}, {one}, {other})",
                f"ABS({one})",
                f"CHAR_LENGTH({self._text(depth - 1)})",
                f"LOCATE('a', {self._text(depth - 1)})",
                f"YEAR({self._dice.choice(TIMES)})",
                f"WEEK({self._dice.choice(TIMES)}, {self._dice.randint(0, 7)})",
                f"TIMESTAMPDIFF({self._dice.choice(SPANS)}, {', '.join(self._dice.sample(TIMES, 2))})",
                f"COALESCE({one}, {other}, 7)",
                f"CAST({self._text(depth - 1)} AS SIGNED)",
                f"ROUND({self._decimal(depth - 1)})",
            )
        )

    def _decimal(self, depth: int) -> str:
        if depth == 0:
            return self._dice.choice(("t.time_unit", "1.50", "0.125", "10.0"))
        one, other = self._decimal(depth - 1), self._whole(depth - 1)
        return self._dice.choice(
            (
                f"({one} {self._dice.choice('+-*')} {other})",
                f"({one} / {other})",
                f"ROUND({one}, {self._dice.randint(-1, 3)})",
                f"TRUNCATE({one}, {self._dice.randint(-1, 3)})",
                f"IFNULL({one}, {other})",
                f"({other} / 7)",
            )
        )

    def _time(self, depth: int) -> str:
        one = self._dice.choice(TIMES)
        if depth == 0:
            return one
        return self._dice.choice(
            (
                f"DATE({one})",
                f"LAST_DAY({one})",
                f"({one} + INTERVAL {self._dice.randint(-40, 40)} {self._dice.choice((*SPANS, 'HOUR'))})",
                f"IFNULL({one}, {self._dice.choice(TIMES)})",
                f"TIME({one})",
                f"SEC_TO_TIME({self._whole(0)})",
                f"TIMEDIFF({one}, {self._dice.choice(TIMES)})",
            )
        )

    def _truth(self, depth: int) -> str:
        return f"({self._condition(max(depth - 1, 0))})"

    def _condition(self, depth: int) -> str:
        if depth > 0 and self._dice.random() < 0.4:
            sign = self._dice.choice(("AND", "OR"))
            return f"({self._condition(depth - 1)} {sign} NOT ({self._condition(depth - 1)}))"
        sign = self._dice.choice(("=", "<", ">=", "<>", "<=>"))
        return self._dice.choice(
            (
                f"{self._text(depth)} {sign} {self._text(0)}",
                f"{self._whole(depth)} {sign} {self._whole(0)}",
                f"{self._decimal(depth)} {sign} {self._whole(0)}",
                f"{self._dice.choice(TEXTS)} {sign} {self._whole(0)}",
                f"{self._dice.choice(TIMES)} {sign} '2020-05-1{self._dice.randint(0, 9)}'",
                f"{self._dice.choice(TEXTS)} LIKE '%{self._dice.choice('aeE_1')}%'",
                f"{self._whole(0)} IN ({self._whole(0)}, 3, NULL)",
                f"{self._dice.choice(WHOLES)} BETWEEN {self._dice.randint(0, 5)} AND {self._dice.randint(3, 60)}",
                f"{self._dice.choice(TEXTS)} IS NULL",
                f"{self._dice.choice(TEXTS)} REGEXP '[0-9]+'",
            )
        )

    def _aggregate(self) -> str:
        name = self._dice.choice(("SUM", "AVG", "MIN", "MAX", "COUNT", "COUNT(DISTINCT", "GROUP_CONCAT", "STD"))
        if name == "GROUP_CONCAT":
            return "GROUP_CONCAT(t.id ORDER BY t.id DESC SEPARATOR '-')"
        if name.startswith("COUNT("):
            return f"COUNT(DISTINCT {self._any(1)})"
        if name in ("MIN", "MAX", "COUNT"):
            return f"{name}({self._dice.choice((self._whole, self._decimal))(1)})"
        return f"{name}({self._dice.choice((self._whole(1), 't.time_unit'))})"
