from hypothesis import given
from hypothesis import strategies as st

from core import grams


def test_a_text_is_its_runs_of_three_in_one_case() -> None:
    assert grams.of_text("Node Ü") == ["nod", "ode", "de ", "e ü"]
    assert grams.of_text("ab") == []
    assert grams.of_text("aaaa") == ["aaa"]


def test_what_stands_for_anything_is_in_no_run() -> None:
    assert grams.of_pattern("node%expo_x\\abc") == ["nod", "ode", "exp", "xpo", "abc"]
    assert grams.of_pattern("a%b_c") == []


@given(st.text(), st.text(), st.text())
def test_a_text_has_every_run_of_what_is_in_it(before: str, part: str, after: str) -> None:
    assert set(grams.of_pattern(part)) <= set(grams.of_text(before + part + after))


def test_a_letter_has_the_same_runs_wherever_it_stands() -> None:
    assert grams.of_pattern("ΟΔΟΣ") == grams.of_pattern("οδος") == ["οδο", "δοσ"]
    assert set(grams.of_pattern("ΟΔΟΣ")) <= set(grams.of_text("ΟΔΟΣΗΜΑ"))
