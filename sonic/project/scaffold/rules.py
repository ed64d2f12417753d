"""What makes an event wrong in itself: the rules of its base model, read from the checks of its declaration."""

import re
from collections.abc import Iterator

from generators.ddl import Column, Table

PRECEDENCE = (
    "missing_value",
    "unknown_code",
    "malformed_value",
    "amount_not_positive",
    "negative_amount",
    "out_of_range",
    "ended_before_start",
    "wrong_order",
    "contradiction",
    "started_after_arrival",
)
"""Rules of `quarantine_rules` in the order in which a row is judged by them."""

_CODES = re.compile(r"(\w+) in \(((?:'[^']*'(?:, )?)+)\)")
_FORM = re.compile(r"(\w+) ~ '([^']+)'")
_RANGE = re.compile(r"(\w+) between (-?\d+) and (-?\d+)")
_BOUND = re.compile(r"(\w+) (>=?) (-?\d+)")
_ORDER = re.compile(r"(\w+) (>=?) (\w+)")
_EQUAL = re.compile(r"(\w+|\(.+\)) (=|<>) (\(.+\))")
_AMOUNTS = ("_minor", "_micro")
_OPPOSITE = {">": "<=", ">=": "<", "=": "<>", "<>": "="}


def rules(table: Table) -> dict[str, list[str]]:
    """Conditions that break each rule, joined by `or`; rules in the order of `PRECEDENCE`.

    As with a check of SQL, what is unknown breaks nothing. What a credential is held against is left out.
    """
    found: dict[str, list[str]] = {name: [] for name in PRECEDENCE}
    found["missing_value"] = [f"{column.name} is null" for column in staged(table) if not column.nullable]
    unseen = {column.name for column in table.columns if column.is_credential}
    for name, check in table.checks.items():
        for part in _conjuncts(check):
            if not unseen & set(re.findall(r"\w+", part)):
                rule, conditions = _broken(table, name, part)
                found[rule] += conditions
    if at := table.instant:
        found["started_after_arrival"] = [f"{{{{ after_arrival('{at.name}') }}}}"]
    return {rule: conditions for rule, conditions in found.items() if conditions}


def codes(table: Table) -> dict[str, list[str]]:
    """The codes that each column with a closed set of them may hold, in quotes."""
    matches = (_CODES.fullmatch(part) for check in table.checks.values() for part in _conjuncts(check))
    return {match[1]: match[2].split(", ") for match in matches if match}


def forms(table: Table) -> dict[str, str]:
    """The pattern that each column of a fixed form follows."""
    matches = (_FORM.fullmatch(part) for check in table.checks.values() for part in _conjuncts(check))
    return {match[1]: match[2] for match in matches if match}


def staged(table: Table) -> list[Column]:
    """The declared columns that staging takes: all but credentials."""
    return [column for column in table.columns if not column.is_credential]


def _conjuncts(check: str) -> Iterator[str]:
    """The parts of a condition that `and` joins at its top."""
    part, depth = "", 0
    for word in check.split(" "):
        if word == "and" and not depth and not re.search(r"\bbetween \S+$", part):
            yield part
            part = ""
            continue
        depth += word.count("(") - word.count(")")
        part = f"{part} {word}" if part else word
    yield part


def _broken(table: Table, name: str, part: str) -> tuple[str, list[str]]:
    """The rule that a part of a check stands for, and the conditions that break it."""
    if match := _CODES.fullmatch(part):
        return "unknown_code", [f"{match[1]} not in ({match[2]})"]
    if match := _FORM.fullmatch(part):
        return "malformed_value", [f"not {{{{ regexp_like('{match[1]}', '{match[2]}') }}}}"]
    if match := _RANGE.fullmatch(part):
        return "out_of_range", [f"{match[1]} < {match[2]}", f"{match[1]} > {match[3]}"]
    if match := _BOUND.fullmatch(part):
        rule = "out_of_range"
        if match[1].endswith(_AMOUNTS):
            rule = "amount_not_positive" if match[2] == ">" else "negative_amount"
        return rule, [f"{match[1]} {_OPPOSITE[match[2]]} {match[3]}"]
    if (match := _ORDER.fullmatch(part)) and _are_times(table, match[1], match[3]):
        rule = "ended_before_start" if "period" in name else "wrong_order"
        return rule, [f"{match[1]} {_OPPOSITE[match[2]]} {match[3]}"]
    if (match := _EQUAL.fullmatch(part)) and all(_is_whole(match[side]) for side in (1, 3)):
        return "contradiction", [f"{match[1]} {_OPPOSITE[match[2]]} {match[3]}"]
    return "contradiction", [f"not ({part})"]


def _are_times(table: Table, *names: str) -> bool:
    known = {column.name: column.type for column in table.columns}
    return all(known.get(name) in ("timestamptz", "date") for name in names)


def _is_whole(text: str) -> bool:
    """Whether a parenthesis that begins a text, if one does, ends with it."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth and place < len(text) - 1 and text[0] == "(":
            return False
    return not depth
