"""A short run of `make fuzz`: damaged answers for the client's parsers, the same ones each time."""

from fuzz.parsers import Found, fuzzed

INPUTS = 2500


def test_damage_is_an_error_of_ours_or_changes_nothing() -> None:
    found = Found()
    for found in fuzzed(iter(range(INPUTS))):
        assert not found.failures, found.failures[0]
    assert found.inputs == INPUTS
    assert {outcome for _, outcome in found.outcomes} == {
        "whole",
        "incomplete",
        "not LoRAX's",
        "another error",
    }
