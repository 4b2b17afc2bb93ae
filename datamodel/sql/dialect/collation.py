"""Collation: texts as utf8mb4_general_ci compares them, which is Debian's default of a MariaDB server.

Each letter has one weight, that of the capital without its accents; blanks at the end do not count.
"""

from pathlib import Path

_FILE = Path(__file__).with_name("general_ci.txt")
"""A line for each weight: it, and the letters that have it besides the letter itself (hexadecimal code points)."""

_WEIGHTS = {
    int(letter, 16): int(weight, 16)
    for weight, *letters in (line.split() for line in _FILE.read_text(encoding="ascii").splitlines())
    for letter in letters
}
LETTERS = "".join(map(chr, _WEIGHTS))
"""Every letter that weighs as another one."""
WEIGHTS = "".join(map(chr, _WEIGHTS.values()))
"""The letters that those weigh as, in the same order."""
BEYOND = "\ufffd"
"""What every letter beyond the first 65,536 weighs as."""


def folded(text: str) -> str:
    """The weights of a text's letters.

    >>> folded("Perché no?"), folded("ß")
    ('PERCHE NO?', 'S')
    """
    if text.isascii():
        return text.upper()
    weighed = text.translate(_WEIGHTS)
    return (
        "".join(BEYOND if letter > "\uffff" else letter for letter in weighed) if max(weighed) > "\uffff" else weighed
    )


def key_of(text: str) -> str:
    """What stands for a text in comparisons and orders: without the blanks at its end, and with one, so that a line
    break after it sorts before it, as if it were padded.

    >>> key_of("Èva  ") == key_of("eva")
    True
    """
    return folded(text).rstrip(" ") + " "
