"""Laws of the attention demos: weights are shares, a mask hides, order is unseen without positions."""

import math

import pytest

torch = pytest.importorskip("torch")

from revise.demos._device import begin  # noqa: E402
from revise.demos.sequences import attention, transformer  # noqa: E402


def block(positions: int, heads: int = 2, causal: bool = False) -> transformer._Block:
    place, dice = begin("cpu", 0)
    return transformer._Block(heads, positions, causal, dice, place)


def lists() -> "torch.Tensor":
    return torch.randint(10, (5, transformer.LENGTH), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("positions", [0, 1, 2])
def test_a_block_without_positions_moves_with_its_tokens_and_no_other_does(positions: int) -> None:
    x, order = lists(), torch.tensor([3, 0, 7, 1, 6, 2, 5, 4])
    net = block(positions)
    same = torch.allclose(net.write(x[:, order])[0], net.write(x)[0][:, order], atol=1e-4)
    assert same == (positions == 0)


@pytest.mark.parametrize("causal", [False, True])
def test_a_causal_place_sees_no_later_one(causal: bool) -> None:
    x, net = lists(), block(1, causal=causal)
    logits, weights = net.write(x)
    assert torch.allclose(weights.sum(3), torch.ones(()))
    assert bool((weights.triu(1) == 0).all()) == causal
    changed = x.clone()
    changed[:, -1] = (x[:, -1] + 1) % 10
    assert torch.allclose(net.write(changed)[0][:, :-1], logits[:, :-1]) == causal


@pytest.mark.parametrize("heads", [1, 2, 3, 4])
def test_the_block_is_the_layer_of_torch(heads: int) -> None:
    from torch.nn.functional import layer_norm

    net, x = block(1, heads), lists()
    width = transformer.WIDTH
    theirs = torch.nn.TransformerEncoderLayer(width, heads, transformer.INNER, 0.0, batch_first=True, norm_first=True)
    own = theirs.self_attn
    for weight, bias, (ours, shift) in (
        (own.in_proj_weight, own.in_proj_bias, net.qkv),
        (own.out_proj.weight, own.out_proj.bias, net.mix),
        (theirs.linear1.weight, theirs.linear1.bias, net.inner[:2]),
        (theirs.linear2.weight, theirs.linear2.bias, net.inner[2:]),
    ):
        weight.data, bias.data = ours.detach().T.contiguous(), shift.detach()
    read = layer_norm(theirs(net.embedding[x] + net.positions), (width,))
    assert torch.allclose(read @ net.out[0] + net.out[1], net.write(x)[0], atol=1e-4)


def test_sines_and_cosines_by_hand() -> None:
    table = transformer._sinusoidal()
    assert table[0, :4].tolist() == [0, 1, 0, 1]
    slow = 3 / 10000 ** (2 / transformer.WIDTH)
    assert table[3, :4].tolist() == pytest.approx([math.sin(3), math.cos(3), math.sin(slow), math.cos(slow)], abs=1e-6)


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_scores_by_hand(score: str) -> None:
    place, dice = begin("cpu", 0)
    net = attention._Net(score, dice, place)
    s, h = torch.randn(2, attention.UNITS, generator=dice), torch.randn(2, 3, attention.UNITS, generator=dice)
    scores = net._scores(s, h @ net.scorer[1] if net.scorer else h)
    for row in range(2):
        for j in range(3):
            if score == "dot":
                by_hand = s[row] @ h[row, j]
            else:
                w_query, w_key, v = net.scorer
                by_hand = v[:, 0] @ torch.tanh(w_query.T @ s[row] + w_key.T @ h[row, j])
            assert scores[row, j].item() == pytest.approx(by_hand.item(), abs=1e-4)
    weights = net.write(torch.tensor([[1, 2, 3, 4]]))[1]
    assert weights.shape == (1, 4, 4) and torch.allclose(weights.sum(2), torch.ones(()))


def test_without_positions_the_outputs_change_places_with_the_digits() -> None:
    *_, last = transformer.run(0, 60, "cpu", heads=1, positions=1, causal=0)
    reads, without, _, reads_turned, without_turned, _ = (line.split()[1:] for line in last.pictures[2].lines)
    assert reads_turned == reads[::-1]
    assert without_turned == without[::-1] and len(set(without)) > 1
