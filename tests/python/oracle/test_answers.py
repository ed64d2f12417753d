"""The oracle answers for every mart."""

from oracle.answers import ANSWERS, BY_DAY, LEFT_OUT
from sonic.paths import PROJECT
from sonic.project.marts import find

ELSEWHERE = {"quarantine": "compared with the list of the defects that were injected (test_defects_caught)"}
"""Models of marts that have no answer, with the reason."""


def test_every_mart_has_an_answer() -> None:
    """A new mart gets its second reading, or a reason to have none; a mart that is gone leaves none behind."""
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    assert marts - ELSEWHERE.keys() == ANSWERS.keys()
    assert all(find(mart).key for mart in ANSWERS)


def test_what_is_left_out_has_a_reason() -> None:
    assert all(reason for reason in (*LEFT_OUT.values(), *BY_DAY.values(), *ELSEWHERE.values()))
