"""A variable of a shell is known by its form, wherever a name may stand, and nowhere else."""

import pytest

from bot.domain.resources import NODES, PODS, SERVICES
from bot.domain.variables import filled, kind_of, left_over


@pytest.mark.parametrize(
    ("line", "variable"),
    [
        ("logs $POD_NAME", "$POD_NAME"),
        ("logs ${POD_NAME} -n shop", "${POD_NAME}"),
        ("label pods $POD_NAME version=v1", "$POD_NAME"),
        ("describe pod/$pod", "$pod"),
        ("exec $POD_NAME -- sh -c $HOME", "$POD_NAME"),
        ("exec web -- echo $HOME", ""),
        ("get pods", ""),
        ("deploy web --env PRICE=$5", ""),
        ("get pods -o jsonpath={.items[?(@.a==$x)]}", ""),
        ("logs $", ""),
    ],
)
def test_what_is_one(line, variable):
    assert left_over(tuple(line.split())) == variable


@pytest.mark.parametrize(
    ("variable", "kind"), [("$POD_NAME", PODS), ("${NODE}", NODES), ("$MY_SVC", SERVICES), ("$X", PODS)]
)
def test_what_it_stands_for(variable, kind):
    assert kind_of(variable) == kind


def test_it_is_filled_wherever_it_stands():
    assert filled(("describe", "pod/$POD", "$POD"), "$POD", "web-1") == ("describe", "pod/web-1", "web-1")
