"""The recurrent nets of the demos against PyTorch's own, and the laws that the demos draw."""

import pytest

torch = pytest.importorskip("torch")

from revise.demos import _recurrent  # noqa: E402

UNITS, INPUTS, BATCH, STEPS = 5, 3, 4, 7


def drawn(gates: int) -> tuple[list, "torch.Tensor", "torch.Tensor"]:
    dice = torch.Generator().manual_seed(1)
    parameters = _recurrent.cell(INPUTS, UNITS, dice, torch.device("cpu"), gates=gates)
    parameters[2].detach().copy_(torch.randn(parameters[2].shape, generator=dice))
    x = torch.randn(STEPS, 1, BATCH, INPUTS, generator=dice)
    return parameters, x, torch.randn(1, BATCH, UNITS, generator=dice)


def load(layer, parameters: list, order: tuple[int, ...]) -> None:
    """Ours into PyTorch's layer, the blocks of gates in its order."""

    def turned(part: "torch.Tensor") -> "torch.Tensor":
        blocks = part.detach()[0].T.split(UNITS)
        return torch.cat([blocks[block] for block in order])

    layer.weight_ih_l0.data, layer.weight_hh_l0.data = turned(parameters[0]), turned(parameters[1])
    layer.bias_ih_l0.data, layer.bias_hh_l0.data = turned(parameters[2])[:, 0], torch.zeros(len(order) * UNITS)


def test_the_rnn_is_the_rnn_of_torch() -> None:
    parameters, x, start = drawn(1)
    layer = torch.nn.RNN(INPUTS, UNITS)
    load(layer, parameters, (0,))
    theirs, _ = layer(x[:, 0], start)
    assert torch.allclose(torch.cat(_recurrent.rnn(parameters, x, start)), theirs, atol=1e-6)


def test_the_lstm_is_the_lstm_of_torch() -> None:
    parameters, x, _ = drawn(4)
    layer = torch.nn.LSTM(INPUTS, UNITS)
    load(layer, parameters, (0, 1, 3, 2))  # ours i, f, o, g; theirs i, f, g, o
    theirs, (_, last) = layer(x[:, 0])
    hidden, cells, gates = _recurrent.lstm(parameters, x)
    assert torch.allclose(torch.cat(hidden), theirs, atol=1e-6)
    assert torch.allclose(cells[-1], last, atol=1e-6)
    f, i = gates[3][..., UNITS : 2 * UNITS], gates[3][..., :UNITS]
    assert ((cells[3] - f * cells[2]).abs() <= i).all()  # what is written is i times a number within ±1


def test_a_gain_sets_every_singular_value() -> None:
    parameters = _recurrent.cell(2, 16, torch.Generator().manual_seed(0), torch.device("cpu"), gain=0.6, nets=3)
    assert torch.allclose(torch.linalg.svdvals(parameters[1].detach()), torch.tensor(0.6), atol=1e-5)


def test_the_gradient_stays_under_the_bound_of_the_largest_singular_value() -> None:
    from revise.demos.sequences import rnn

    for frame in rnn.run(2, 60, "cpu", gain=0.9, noise=0.5, clip=1.0):
        measured, bound = frame.pictures[0].curves
        assert all(y <= top + 1e-4 for y, top in zip(measured.y, bound.y, strict=True))
        assert frame.metrics["gradient_ratio"] <= frame.metrics["largest_singular_value"] ** 29 * 1.001


@pytest.mark.parametrize("forget_bias", [3.5, 6.0])
def test_what_the_forget_gates_leave_is_the_gradient_that_reaches_the_bit(forget_bias: float) -> None:
    from revise.demos.sequences import lstm

    metrics = next(lstm.run(0, 1, "cpu", T=30, forget_bias=forget_bias, lr=0.005)).metrics
    assert metrics["LSTM_gradient_ratio"] == pytest.approx(metrics["forget_gate"] ** 29, rel=0.1)


@pytest.mark.parametrize("forget_bias", [-4.0, 0.0])
def test_an_lstm_whose_forget_gates_are_not_open_learns_no_more_than_an_rnn(forget_bias: float) -> None:
    from revise.demos.sequences import lstm

    *_, last = lstm.run(0, 100, "cpu", T=30, forget_bias=forget_bias, lr=0.005)
    assert last.metrics["LSTM_accuracy"] < 0.65 and last.metrics["LSTM_gradient_ratio"] < 1e-4


def test_characters_read_at_a_step_are_the_same_whatever_the_span() -> None:
    from revise.demos.sequences import charlm

    least, most = charlm.KNOBS["span"][1:]
    assert all(charlm.BATCH // span * span >= 0.9 * charlm.BATCH for span in range(least, most + 1))


def test_clipping_scales_each_net_by_itself() -> None:
    large, small = torch.full((2, 1, 1), 3.0), torch.full((2, 1, 1), 4.0)
    large[1], small[1] = 0.3, 0.4
    clipped = torch.cat(_recurrent.clipped([large, small], 1.0), 2)
    assert torch.allclose(clipped[:, 0], torch.tensor([[0.6, 0.8], [0.3, 0.4]]))


def test_the_unseen_text_has_no_word_that_is_not_in_the_tale() -> None:
    from revise.demos.sequences import charlm

    assert set(charlm._words(charlm.UNSEEN)) <= set(charlm._words(charlm.TALE))
    assert charlm.UNSEEN not in charlm.TALE and len(set(charlm.TALE)) == 28
