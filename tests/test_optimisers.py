"""Optimisers by hand: every form and convention, the schedules, the counting of iterations, and bad input."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from command import revise

from revise.catalogue import load
from revise.engines.text import text
from revise.equality import compare
from revise.errors import InputError
from revise.expression import FORMULA, parse
from revise.finding import find
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.request import read_request, split
from revise.solution import Solution
from revise.solvers.optimisation._formulas import lines
from revise.solvers.optimisation._line_slips import spread

BOWL = {"function": "x^2 + 10*y^2", "start": "x=1, y=1"}
METHODS = ["gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "amsgrad"]


def solve(name: str, **given: object) -> Solution:
    return load(name).solve(**given)


def screen(solution: Solution) -> str:
    return "\n".join(line.plain for line in solution_lines(solution, 80, Numerals()))


def values(solution: Solution, table: str) -> list[Any]:
    return [step.value for step in solution.steps if step.name and step.key[0] == table]


# -- the formulas -------------------------------------------------------------------------------------


def test_each_line_says_the_same_for_one_parameter_and_for_several() -> None:
    assert len(lines()) > 25
    for line in lines():
        single, several = (parse(formula, None, FORMULA) for formula in (line.single, line.several))
        if line.name == "r":  # the rate is the same for every parameter
            assert line.single == line.several
            continue
        exactly = Numerals(exact=True)
        assert text(spread(single), exactly) == text(several, exactly)


# -- gradient descent ---------------------------------------------------------------------------------


def test_descent_by_hand() -> None:
    solution = solve("gradient-descent", **BOWL, steps=2, lr="0.08")
    # x: 1 − 0.08·2, y: 1 − 0.08·20, and again
    assert values(solution, "theta") == [
        Fraction(21, 25), Fraction(-3, 5), Fraction(21, 25) ** 2, Fraction(9, 25)
    ]  # fmt: skip
    assert values(solution, "f")[0] == 11
    shown = screen(solution)
    assert "∂f/∂y = 20·y" in shown
    assert "θ_(1,y) = θ_(0,y) − η g_(1,y) = 1 − 0.08 · 20 = −0.6" in shown


@pytest.mark.parametrize(("lr", "falls"), [("0.09", True), ("0.0999", True), ("0.1001", False), ("0.2", False)])
def test_the_largest_learning_rate_is_a_border(lr: str, falls: bool) -> None:
    solution = solve("gradient-descent", **BOWL, steps=100, lr=lr)
    assert solution.value("largest-lr") == Fraction(1, 10)
    assert solution.value("condition-number") == 10
    assert (abs(solution.value("y")) < 1) == falls


def test_the_bound_of_a_quadratic_that_is_not_diagonal_and_none_elsewhere() -> None:
    assert solve("gradient-descent", function="x^2 + x*y + y^2", start="1, 2").value("largest-lr") == Fraction(2, 3)
    for function in ("x^2 - y^2", "x^2 + 3*x*y + y^2", "x^4 + y^2", "exp(x) + y^2"):
        assert "largest-lr" not in solve("gradient-descent", function=function, start="1, 2", steps=1).answers


def test_with_letters_a_step_shrinks_the_parameter_by_one_minus_the_rate_times_the_curvature() -> None:
    solution = solve("gradient-descent", function="a/2*x^2", wrt="x", start="x=c", steps=2, lr="eta")
    assert compare(solution.value("x"), parse("c*(1 - eta*a)^2")).outcome == "equal"
    assert compare(solution.value("largest-lr"), parse("2/a")).outcome == "equal"


def test_other_letters_stay_as_they_are() -> None:
    solution = solve("gradient-descent", function="(w*x - t)^2", wrt="w", start="w=1, x=2, t=3", lr="0.1", steps=1)
    assert solution.value("w") == 1 - Fraction(1, 10) * 2 * (2 - 3) * 2
    assert solution.value("largest-lr") == Fraction(1, 4)
    taken = {"function": "t*x^2 + y^2 + x*y*g", "wrt": "x, y", "start": "x=1, y=1, t=3, g=1"}  # t and g are names here
    assert solve("newton", **taken).value("f") == 0
    assert "largest-lr" in solve("gradient-descent", **taken).answers


def test_batch_and_stochastic_descent_on_points() -> None:
    given = {"data": "1, 2; 2, 4; 3, 6", "start": "w=0", "lr": "0.1"}
    # all at once: 2/3·∑(0·x − y)·x = −2/3·(2 + 8 + 18) = −56/3
    assert values(solve("gradient-descent", **given), "w") == [Fraction(56, 30)]
    # one at a time: w₁ = 0.1·2·2·1; then (2, 4): error −3.2, gradient −12.8; then (3, 6): error −0.96, gradient −5.76
    one = solve("gradient-descent", **given, batch_size=1)
    assert values(one, "w") == [Fraction(2, 5), Fraction(42, 25), Fraction(282, 125)]
    assert values(one, "dL_dw") == [-4, Fraction(-64, 5), Fraction(-144, 25)]


def test_a_batch_that_is_too_small_counts_unless_it_is_dropped() -> None:
    given = {"data": "1, 2; 2, 4; 3, 5", "batch_size": 2, "epochs": 2}
    assert len(values(solve("gradient-descent", **given), "w")) == 4
    assert len(values(solve("gradient-descent", **given, drop_last=True), "w")) == 2


def test_the_losses_differ_by_their_factor() -> None:
    first = {
        loss: values(solve("gradient-descent", data="1, 2; 2, 5", loss=loss), "dL_dw")[0]
        for loss in ("mean", "half", "sum", "half-sum")
    }
    assert first == {"mean": -12, "half": -6, "sum": -24, "half-sum": -12}


# -- momentum -----------------------------------------------------------------------------------------


def test_both_forms_of_momentum_by_hand() -> None:
    total = solve("momentum", gradients="1, 0.5", start="0", lr="0.1", momentum="0.9")
    assert (values(total, "v"), values(total, "theta")) == (
        [1, Fraction(7, 5)], [Fraction(-1, 10), Fraction(-6, 25)]
    )  # fmt: skip
    average = solve("momentum", gradients="1, 0.5", start="0", lr="0.1", momentum="0.9", form="average")
    assert values(average, "v") == [Fraction(1, 10), Fraction(7, 50)]
    velocity = solve("momentum", gradients="1, 0.5", start="0", lr="0.1", momentum="0.9", form="velocity")
    assert values(velocity, "v") == [Fraction(-1, 10), Fraction(-7, 50)]  # −0.09 − 0.05
    assert velocity.value("theta") == total.value("theta")
    assert average.value("theta") == total.value("theta") / 10


def test_momentum_is_said_in_the_output() -> None:
    assert "v = βv + g, then θ = θ − ηv" in screen(solve("momentum", gradients="1"))
    assert "v = βv − ηg, then θ = θ + v" in screen(solve("momentum", gradients="1", form="velocity"))
    assert "look-ahead point" in screen(solve("nesterov", gradients="1"))


def test_nesterov_by_hand_takes_the_gradient_ahead() -> None:
    solution = solve("nesterov", function="x^2", start="1", lr="0.1", momentum="0.5", steps=2)
    # v₁ = −0.2, θ₁ = 0.8; ahead 0.8 − 0.1 = 0.7, gradient 1.4, v₂ = −0.1 − 0.14
    assert values(solution, "a") == [1, Fraction(7, 10)]
    assert values(solution, "v") == [Fraction(-1, 5), Fraction(-6, 25)]
    assert solution.value("x") == Fraction(14, 25)


def test_the_forms_of_nesterov_are_one_in_other_variables() -> None:
    """θ of PyTorch's and of the shifted form after step t is the look-ahead point of step t + 1."""
    given = {"function": "x^2 - 3*x", "start": "2", "lr": "0.1", "momentum": "0.5"}
    ahead = values(solve("nesterov", **given, steps=4), "a")
    for form in ("pytorch", "shifted"):
        assert values(solve("nesterov", **given, nesterov=form, steps=3), "theta") == ahead[1:]
    assert values(solve("nesterov", **given, form="sum", steps=3), "theta") == values(
        solve("nesterov", **given, steps=3), "theta"
    )


# -- a rate for each parameter ------------------------------------------------------------------------


def test_adagrad_by_hand_and_its_form_with_the_mean() -> None:
    given = {"gradients": "3, 4", "start": "0", "lr": "1", "eps": "0"}
    solution = solve("adagrad", **given)
    assert values(solution, "s") == [9, 25]
    assert values(solution, "Delta") == [-1, Fraction(-4, 5)]
    assert solve("adagrad", **given, form="mean").value("theta") == pytest.approx(float(solution.value("theta")))


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adadelta", "adam"])
def test_where_epsilon_stands_changes_the_number_and_is_said(name: str) -> None:
    given = {"gradients": "0.1, 0.2", "start": "1", "eps": "0.01"}
    inside, outside = (solve(name, **given, eps_in_root=place) for place in (True, False))
    assert abs(inside.value("theta") - outside.value("theta")) > 1e-5
    assert "inside" in screen(inside)
    assert "outside" in screen(outside)


def test_rmsprop_by_hand() -> None:
    solution = solve("rmsprop", gradients="2, 1", start="1", lr="0.1", alpha="3/4", eps="0")
    # v₁ = 1, θ₁ = 1 − 0.1·2/1; v₂ = 3/4 + 1/4 = 1
    assert values(solution, "v") == [1, 1]
    assert values(solution, "theta") == [Fraction(4, 5), Fraction(7, 10)]


def test_adadelta_by_hand() -> None:
    solution = solve("adadelta", gradients="1", start="0", rho="1/2", eps="1/2")
    # v = 1/2, Δ = −√(1/2)/√(1/2 + 1/2) = −√(1/2), u = 1/2·1/2
    assert values(solution, "v") == [Fraction(1, 2)]
    assert solution.value("theta") == pytest.approx(-(0.5**0.5))
    assert values(solution, "u")[0] == pytest.approx(0.25)
    assert "RMS[Δθ]" in screen(solution)


# -- Adam ---------------------------------------------------------------------------------------------


def test_adam_by_hand() -> None:
    solution = solve("adam", gradients="2, 1", start="1", lr="0.1", betas="1/2, 3/4", eps="0")
    assert values(solution, "m") == [1, 1]
    assert values(solution, "v") == [1, 1]
    assert values(solution, "m_hat") == [2, Fraction(4, 3)]
    assert values(solution, "v_hat") == [4, Fraction(16, 7)]
    assert values(solution, "theta")[0] == Fraction(9, 10)
    assert values(solution, "theta")[1] == pytest.approx(0.9 - 0.1 * (4 / 3) / (16 / 7) ** 0.5)


def test_the_first_step_of_adam_is_the_rate_times_the_sign() -> None:
    for gradient, sign in (("7", -1), ("-0.003", 1)):
        solution = solve("adam", gradients=gradient, start="0", lr="0.01", eps="0")
        assert solution.value("theta") == sign * Fraction(1, 100)
    lettered = solve("adam", gradients="g", start="theta_0", lr="eta", eps="0")
    assert compare(lettered.value("theta"), parse("theta_0 - eta*g/abs(g)")).outcome == "equal"


def test_without_bias_correction_the_first_step_is_another() -> None:
    solution = solve("adam", gradients="5", start="0", lr="1", eps="0", bias_correction=False)
    assert solution.value("theta") == pytest.approx(-0.1 / 0.001**0.5)
    assert "m_hat[1]" not in [step.shown for step in solution.steps]
    assert "without bias correction" in screen(solution)


def test_the_rate_form_is_the_same_but_for_epsilon() -> None:
    given = {"gradients": "1, -2, 0.5", "start": "0", "lr": "0.1"}
    for eps, same in (("0", True), ("0.01", False)):
        both = [solve("adam", **given, eps=eps, form=form).value("theta") for form in ("moments", "rate")]
        assert (abs(both[0] - both[1]) < 1e-12) == same


def test_adamw_keeps_the_decay_out_of_the_moments() -> None:
    given = {"gradients": "1", "start": "10", "lr": "0.1", "eps": "0", "weight_decay": "0.5"}
    decoupled = solve("adamw", **given)
    assert decoupled.value("theta") == 10 - Fraction(1, 20) * 10 - Fraction(1, 10)
    assert decoupled.value("m") == Fraction(1, 10)
    l2 = solve("adam", **given)
    assert l2.value("m") == Fraction(6, 10)  # of the gradient 1 + 0.5·10
    assert l2.value("theta") == 10 - Fraction(1, 10)
    assert solve("adamw", gradients="1", start="10").given["lambda"] == Fraction(1, 100)
    assert "lambda" not in solve("adam", gradients="1", start="10").given


def test_amsgrad_keeps_the_largest() -> None:
    solution = solve("amsgrad", gradients="10, 0.1, 0.1", start="0", betas="0.9, 0.5")
    assert len(set(values(solution, "v_max"))) == 1
    assert values(solution, "v")[2] < values(solution, "v")[0]


@pytest.mark.parametrize("name", [name for name in METHODS if name not in ("adamw", "nesterov")])
def test_l2_is_the_gradient_of_the_penalty(name: str) -> None:
    penalised = solve(name, function="x^2 + 0.3/2*x^2", start="2", steps=2).value("x")
    assert float(solve(name, function="x^2", start="2", steps=2, weight_decay="0.3").value("x")) == pytest.approx(
        float(penalised)
    )


@pytest.mark.parametrize("name", METHODS)
def test_each_parameter_of_several_goes_as_it_would_alone(name: str) -> None:
    """The gradients of a sum of functions of one letter each do not mix."""
    both = solve(name, function="x^2 + 3*y^2", start="x=2, y=-1", steps=3)
    assert float(both.value("x")) == pytest.approx(float(solve(name, function="x^2", start="2", steps=3).value("x")))
    alone = solve(name, function="3*y^2", start="-1", steps=3)
    assert float(both.value("y")) == pytest.approx(float(alone.value("y")))


@pytest.mark.parametrize("name", [name for name in METHODS if name != "nesterov"])
def test_a_list_of_the_same_gradients_leads_to_the_same_point(name: str) -> None:
    typed = solve(name, function="x^2 - x", start="3", steps=3)
    listed = ", ".join(str(value) for value in values(typed, "g"))
    assert float(solve(name, gradients=listed, start="3").value("theta")) == pytest.approx(float(typed.value("x")))


@pytest.mark.parametrize("name", [*METHODS, "newton"])
def test_a_letter_that_the_solution_uses_too_may_be_a_parameter(name: str) -> None:
    solution = solve(name, function="m^2 + v^2 + i^2", start="m=1, v=2, i=3", steps=2)
    renamed = solve(name, function="x^2 + y^2 + z^2", start="x=1, y=2, z=3", steps=2)
    for mine, other in zip("mvi", "xyz", strict=True):
        assert solution.value(mine) == renamed.value(other)


# -- Newton -------------------------------------------------------------------------------------------


def test_newton_needs_one_step_on_a_quadratic() -> None:
    solution = solve("newton", function="x^2 + x*y + 10*y^2 - 3*x", start="5, 7")
    assert (solution.value("x"), solution.value("y")) == (Fraction(20, 13), Fraction(-1, 13))
    assert "positive definite" not in screen(solution)


def test_newton_says_where_it_goes_to_a_saddle() -> None:
    for function, start in (("x^2 - y^2", "1, 1"), ("-x^2", "1")):
        assert "not positive definite" in screen(solve("newton", function=function, start=start))


def test_newton_of_one_variable_by_hand() -> None:
    assert solve("newton", function="x^4/4 - x", start="2").value("x") == 2 - Fraction(7, 12)
    assert solve("newton", function="x^2", start="4", lr="1/2").value("x") == 2


# -- side by side -------------------------------------------------------------------------------------


def test_side_by_side_each_method_goes_as_alone() -> None:
    given = {**BOWL, "steps": 3, "lr": "0.05"}
    race = solve("optimisers", **given, methods="all", rho="0.9", eps="1e-6", alpha="0.9")
    alone = {
        "SGD": solve("gradient-descent", **given),
        "momentum-average": solve("momentum", **given, form="average"),
        "Nesterov": solve("nesterov", **given),
        "Nesterov-PyTorch": solve("nesterov", **given, nesterov="pytorch"),
        "AdaGrad": solve("adagrad", **given, eps="1e-6"),
        "RMSprop": solve("rmsprop", **given, eps="1e-6", alpha="0.9"),
        "Adadelta": solve("adadelta", **BOWL, steps=3, eps="1e-6"),
        "Adam": solve("adam", **given, eps="1e-6"),
        "AdamW": solve("adamw", **given, eps="1e-6"),
        "Newton": solve("newton", **BOWL, steps=3),
    }
    for method, solution in alone.items():
        for letter in "xy":
            assert float(race.value(f"{method} {letter}")) == pytest.approx(float(solution.value(letter))), method
        assert float(race.value(f"f({method})")) == pytest.approx(float(solution.value("f")))


def test_the_last_table_has_all() -> None:
    shown = screen(solve("optimisers", function="x^2", start="1"))
    last = shown[shown.index("After 3 steps") :]
    for method in ("SGD", "momentum", "Nesterov", "AdaGrad", "RMSprop", "Adadelta", "Adam"):
        assert method in last


# -- schedules ----------------------------------------------------------------------------------------


def rates(**given: object) -> list[Any]:
    return values(solve("lr-schedule", **given), "eta")


def test_schedules_by_hand() -> None:
    assert rates(schedule="step", lr="1", step_size=2, gamma="1/2", epochs=4) == [
        1, 1, Fraction(1, 2), Fraction(1, 2), Fraction(1, 4)
    ]  # fmt: skip
    assert rates(schedule="inverse-time", lr="1", k="1", epochs=3) == [
        1,
        Fraction(1, 2),
        Fraction(1, 3),
        Fraction(1, 4),
    ]
    assert rates(schedule="exponential", lr="8", gamma="1/2", epochs=3) == [8, 4, 2, 1]
    assert rates(schedule="inverse-sqrt", lr="1", epoch=3) == [Fraction(1, 2)]
    assert rates(schedule="polynomial", lr="4", total_iters=2, power=2, epochs=3) == [4, 1, 0, 0]
    assert rates(schedule="cosine", lr="1", t_max=4, epochs=4) == pytest.approx(
        [1, (2 + 2**0.5) / 4, 0.5, (2 - 2**0.5) / 4, 0], abs=1e-12
    )


def test_warm_restarts_go_back_to_the_first_rate() -> None:
    found = rates(schedule="warm-restarts", lr="1", t_0=2, t_mult=2, epochs=14)
    assert [t for t, rate in enumerate(found) if rate == 1] == [0, 2, 6, 14]
    assert all(after < before for t, (before, after) in enumerate(pairwise(found), 1) if t not in (2, 6, 14))


def test_warm_up_before_a_schedule() -> None:
    found = rates(schedule="step", lr="1", step_size=1, gamma="1/2", warmup=2, start_factor="1/2", epochs=4)
    assert found == [Fraction(1, 2), Fraction(3, 4), 1, Fraction(1, 2), Fraction(1, 4)]


def test_the_transformers_rate_is_highest_at_the_end_of_its_warm_up() -> None:
    found = rates(schedule="noam", lr="1", d_model=16, warmup=4, epochs=8)
    assert max(found) == found[3]
    assert found[3] == pytest.approx(16**-0.5 * 4**-0.5)


@pytest.mark.parametrize(("patience", "expected"), [(0, "1 1 0.5 0.25 0.25"), (1, "1 1 1 0.5 0.5")])
def test_plateau_lowers_the_rate_once_patience_is_over(patience: int, expected: str) -> None:
    given = {"schedule": "plateau", "lr": "1", "losses": "3, 2, 2, 2.5, 1", "factor": "1/2", "patience": patience}
    assert [float(rate) for rate in rates(**given)] == [float(word) for word in expected.split()]


def test_the_epoch_of_a_rate_is_found() -> None:
    request = read_request(
        *split(["lr-schedule", "step", "0.1", "--step-size", "30", "--rate", "0.001", "--find", "epoch=0..200"])
    )
    assert [choice["epoch"] for choice in find(request)] == list(range(60, 90))
    lettered = solve("lr-schedule", schedule="exp", lr="a", k="k", epoch="t").value("rate")
    assert compare(lettered, parse("a*exp(-k*t)")).outcome == "equal"


# -- epochs and iterations ----------------------------------------------------------------------------


def test_iterations_by_hand() -> None:
    solution = solve("epochs", examples=1000, batch_size=64, epochs=10, iterations=100)
    assert {word: solution.value(word) for word in solution.answers} == {
        "iterations-per-epoch": 16, "last-batch": 40, "total-updates": 160, "as-epochs": Fraction(25, 4),
        "complete-epochs": 6, "into-the-next": 4,
    }  # fmt: skip
    dropped = solve("epochs", examples=1000, batch_size=64, drop_last=True)
    assert (dropped.value("iterations-per-epoch"), dropped.value("left-out")) == (15, 40)


def test_the_batch_size_is_found_from_the_iterations() -> None:
    words = ["epochs", "--examples", "100", "--iterations-per-epoch", "4", "--find", "batch-size=1..100"]
    assert [choice["batch_size"] for choice in find(read_request(*split(words)))] == list(range(25, 34))
    finished = revise("solve", "epochs", "--find", "examples", "--batch-size", "64", "--iterations-per-epoch", "2")
    assert finished.returncode == 0
    assert "65" in finished.stdout


# -- what is refused ----------------------------------------------------------------------------------

REFUSED = [
    ("adam", {}, "function: give a function"),
    ("adam", {"function": "x^2"}, "start: say where"),
    ("adam", {"function": "x^2", "gradients": "1", "start": "1"}, "gradients: with --function"),
    ("adam", {"function": "x^2", "start": "y=1"}, "start: y does not occur"),
    ("adam", {"function": "x^2 + y", "start": "x=1"}, "start: y has no value"),
    ("adam", {"function": "x^2 + y", "start": "1"}, "start: 1 numbers"),
    ("adam", {"function": "3", "start": "1"}, "function: there is no letter"),
    ("adam", {"function": "x!", "start": "1"}, "function: factorial"),
    ("adam", {"function": "log(x)", "start": "-1"}, "function: it has no value"),
    ("adam", {"function": "1/x", "start": "0"}, "function: it has no gradient at step 1"),
    ("adam", {"function": "x^2", "start": "1", "wrt": "y"}, "wrt: y"),
    ("adam", {"function": "x^2", "start": "1", "lr": "0"}, "lr must be above 0"),
    ("adam", {"function": "x^2", "start": "1", "lr": "-1"}, "lr must be above 0"),
    ("adam", {"function": "x^2", "start": "1", "betas": "0.9"}, "betas: two"),
    ("adam", {"function": "x^2", "start": "1", "betas": "0.9, 1"}, "betas: β₂"),
    ("adam", {"function": "x^2", "start": "1", "eps": "-1"}, "eps must not"),
    ("adam", {"function": "x^2", "start": "0", "eps": "0"}, "eps: at step 1"),
    ("adam", {"function": "x^2", "start": "1", "weight_decay": "-1"}, "weight-decay must not"),
    ("adam", {"function": "x^2", "start": "1", "steps": "0"}, "steps must be"),
    ("adam", {"function": "x^2", "start": "1", "steps": "1e9"}, "steps: at most"),
    ("adam", {"function": "x^2", "start": "x=a", "steps": "9"}, "steps: with letters"),
    ("adam", {"gradients": "1, 2; 3, 4"}, "gradients: a row has 2"),
    ("adam", {"gradients": "1, 2", "steps": "3"}, "steps: there are 2"),
    ("adam", {"gradients": "1", "form": "rate", "bias_correction": False}, "form: with"),
    ("adam", {"gradients": "1", "form": "both"}, "form: 'both'"),
    ("rmsprop", {"gradients": "1", "alpha": "1"}, "alpha lies"),
    ("adadelta", {"gradients": "1", "rho": "-0.1"}, "rho lies"),
    ("adadelta", {"gradients": "1", "eps": "0"}, "eps must be above 0"),
    ("momentum", {"gradients": "1", "momentum": "1.5"}, "momentum lies"),
    ("momentum", {"gradients": "1", "form": "average", "nesterov": "pytorch"}, "form: Nesterov"),
    ("nesterov", {"gradients": "1", "weight_decay": "0.1"}, "weight-decay: with the look-ahead"),
    ("gradient-descent", {"function": "x^4", "start": "100", "lr": "10", "steps": "40"}, "lr: at step"),
    ("gradient-descent", {"function": "x^2", "start": "1", "epochs": "2"}, "batch-size, epochs"),
    ("gradient-descent", {"data": "1, 2; 2, 3", "function": "x"}, "function: with --data"),
    ("gradient-descent", {"data": "1, 2, 3"}, "data: an example"),
    ("gradient-descent", {"data": "1, 2; a, 3"}, "data: the examples are numbers"),
    ("gradient-descent", {"data": "1, 2; 2, 3", "batch_size": "3"}, "batch-size: there are only 2"),
    ("gradient-descent", {"data": "1, 2; 2, 3", "start": "v=1"}, "start: with --data"),
    ("gradient-descent", {"data": "1, 2; 2, 3", "epochs": "0"}, "epochs must be"),
    ("newton", {"function": "x^3", "start": "0"}, "function: at step 1"),
    ("newton", {"function": "x + y", "start": "0, 0"}, "function: at step 1"),
    ("optimisers", {"function": "x^2", "start": "1", "methods": "SGDX"}, "methods: 'sgdx'"),
    ("optimisers", {"gradients": "1", "methods": "Newton"}, "methods: Newton"),
    ("optimisers", {"function": "x^2", "start": "a"}, "start: side by side"),
    ("optimisers", {"function": "x^2", "start": "1", "steps": "400"}, "steps: 2800 rows"),
    ("epochs", {"examples": "10", "batch_size": "0"}, "batch-size must be"),
    ("epochs", {"examples": "10", "batch_size": "20"}, "batch-size: there are only 10"),
    ("epochs", {"examples": "-5", "batch_size": "1"}, "examples must be"),
    ("epochs", {"examples": "1e15", "batch_size": "1"}, "examples: "),
    ("lr-schedule", {"schedule": "step", "lr": "0.1"}, "step-size: the schedule step needs"),
    ("lr-schedule", {"schedule": "cosine", "lr": "0.1", "t_max": "0"}, "t-max must be"),
    ("lr-schedule", {"schedule": "cosine", "lr": "0.1", "t_max": "5", "gamma": "0.5"}, "gamma: the schedule cosine"),
    ("lr-schedule", {"schedule": "step", "lr": "0.1", "step_size": "2", "gamma": "2"}, "gamma lies"),
    ("lr-schedule", {"schedule": "multistep", "lr": "0.1", "milestones": "5, 3"}, "milestones: they must rise"),
    ("lr-schedule", {"schedule": "plateau", "lr": "0.1", "losses": "1, a"}, "losses: numbers"),
    ("lr-schedule", {"schedule": "exponential", "lr": "0", "gamma": "0.5"}, "lr must be above 0"),
    ("lr-schedule", {"schedule": "exponential", "lr": "1", "gamma": "0.5", "epoch": "-1"}, "epoch must be"),
]


@pytest.mark.parametrize(("name", "given", "message"), REFUSED)
def test_bad_input_names_the_argument(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as fault:
        solve(name, **given)
    assert message in str(fault.value)


def test_bad_input_ends_with_2_and_no_traceback() -> None:
    for words in (
        ["adam", "--gradients", "1, nan"],
        ["gradient-descent", "--function", "__import__('os')", "--start", "1"],
    ):
        finished = revise("solve", *words)
        assert finished.returncode == 2
        assert "Traceback" not in finished.stderr
