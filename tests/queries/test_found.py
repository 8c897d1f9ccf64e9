from queries.found import remembered


def test_what_was_found_is_asked_once_until_somebody_wants_it_fresh() -> None:
    asked: list[int] = []

    def ask() -> list[str]:
        asked.append(1)
        return [str(len(asked))]

    key = ("test", "once")
    assert remembered(key, ask, fresh=False) == ["1"]
    assert remembered(key, ask, fresh=False) == ["1"]
    assert remembered(key, ask, fresh=True) == ["2"]
    assert remembered(key, ask, fresh=False) == ["2"]


def test_a_fault_is_not_remembered() -> None:
    def fails() -> list[str]:
        raise ValueError

    key = ("test", "fault")
    for _ in range(2):
        try:
            remembered(key, fails, fresh=False)
        except ValueError:
            continue
        raise AssertionError
    assert remembered(key, lambda: ["a"], fresh=False) == ["a"]


def test_the_oldest_give_way() -> None:
    for n in range(2500):
        remembered(("many", str(n)), lambda: ["x"], fresh=False)
    assert remembered(("many", "2499"), lambda: ["again"], fresh=False) == ["x"]
    assert remembered(("many", "0"), lambda: ["again"], fresh=False) == ["again"]
