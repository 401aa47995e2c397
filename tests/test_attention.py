"""Attention, self-attention, positional encodings, counts and costs of Transformers, beam search."""

import json
from fractions import Fraction

import pytest
from command import revise

from revise.catalogue import load
from revise.engines.arrays import Array
from revise.equality import compare
from revise.errors import InputError
from revise.expression import Node, parse
from revise.parameters import read_matrix
from revise.solution import Solution
from revise.solvers.sequences._next_words import read_table
from revise.solvers.sequences._transformer_sizes import PUBLISHED, SIZES


def solve(name: str, **given: object) -> Solution:
    return load(name).solve(**given)


def row(value: Array, places: int = 4) -> list[float]:
    return [round(float(entry), places) for entry in value.flat]


def same(value: Node, text: str) -> bool:
    return compare(value, parse(text)).outcome == "equal"


# -- attention --------------------------------------------------------------------------------------


def test_dot_attention_by_hand() -> None:
    solution = solve("attention", query="1, 2", keys="1, 0; 0, 1; 1, 1", values="1; 2; 3")
    assert solution.value("scores").flat == (1, 2, 3)
    assert row(solution.value("weights")) == [0.0900, 0.2447, 0.6652]
    assert row(solution.value("context")) == [2.5752]


def test_each_score_and_each_weight_is_a_step_of_its_own() -> None:
    solution = solve("attention", query="1, 2", keys="1, 0; 0, 1; 1, 1", score="scaled")
    shown = [step.shown for step in solution.steps]
    assert shown[1:7] == ["r[1,1]", "e[1,1]", "r[1,2]", "e[1,2]", "r[1,3]", "e[1,3]"]
    assert shown[7:11] == ["alpha[1,1]", "alpha[1,2]", "alpha[1,3]", "context[1]"]


def test_scaled_is_dot_over_the_root_and_a_scale_goes_before_it() -> None:
    keys = "1, 0, 0, 1; 0, 4, 0, 0"
    plain = solve("attention", query="2, 2, 2, 2", keys=keys).value("scores").flat
    assert plain == (4, 8)
    assert solve("attention", query="2, 2, 2, 2", keys=keys, score="scaled").value("scores").flat == (2, 4)
    given = {"query": "2, 2, 2, 2", "keys": keys, "score": "scaled", "scale": "1/4"}
    assert solve("attention", **given).value("scores").flat == (1, 2)


def test_general_score_lets_query_and_key_differ_in_size() -> None:
    solution = solve("attention", query="1, 2", keys="1, 0, 1; 0, 1, 0", score="general", w="1, 0, 2; 0, 1, 1")
    assert solution.value("scores").flat == (1 * 1 + 2 * 2, 2)  # qW = (1, 2, 4)


def test_additive_score_by_hand() -> None:
    given = {"query": "1, 0", "keys": "1, 0; 0, 1", "w_query": "1, 0; 0, 1", "w_key": "1, 0; 1, 1", "v": "1, -1"}
    solution = solve("attention", **given, values="1; 2", score="additive")
    assert row(solution.value("scores")) == [0.2024, 0.0]  # tanh 2 − tanh 1, tanh 1 − tanh 1
    assert row(solution.value("context")) == [1.4496]


def test_several_queries_one_after_the_other() -> None:
    keys = "1, 0; 0, 1; 1, 1"
    both = solve("attention", query="1, 2; 0, -1", keys=keys)
    for place, one in enumerate(("1, 2", "0, -1")):
        alone = solve("attention", query=one, keys=keys)
        for word in ("scores", "weights", "context"):
            width = len(alone.value(word).flat)
            assert both.value(word).flat[place * width : (place + 1) * width] == alone.value(word).flat


def test_letters_give_the_formula() -> None:
    solution = solve("attention", query="a, b", keys="1, 0; 0, 1")
    assert [str(entry.args[0]) for entry in solution.value("scores").flat] == ["a", "b"]
    assert same(solution.value("weights").flat[0], "exp(a)/(exp(a) + exp(b))")


@pytest.mark.parametrize("keys", ["1000; 2000", "-1000; -2000"])
def test_large_scores_have_finite_weights(keys: str) -> None:
    weights = solve("attention", query="1", keys=keys).value("weights").flat
    assert sorted(map(float, weights)) == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"query": "1, 2", "keys": "1; 2"}, "query"),
        ({"query": "1, 2", "keys": "1, 2; 3, 4", "values": "1"}, "values"),
        ({"query": "1, 2", "keys": "1, 2", "w": "1, 2; 3, 4"}, "w:"),
        ({"query": "1, 2", "keys": "1, 2", "scale": "1/2"}, "scale"),
        ({"query": "1, 2", "keys": "1, 2", "score": "additive"}, "w-query"),
        ({"query": "1, 2", "keys": "1, 2", "score": "general"}, "w:"),
        ({"query": "1, 2", "keys": "1, 2", "score": "general", "w": "1, 2"}, "w: 1×2"),
        (
            {"query": "1", "keys": "1", "score": "additive", "w_query": "1; 2", "w_key": "1", "v": "1, 2"},
            "w-key: 1×1",
        ),
        ({"query": "1" + ", 1" * 70, "keys": "1" + ", 1" * 70}, "query: 1×71"),
        ({"query": "", "keys": "1"}, "query"),
        ({"query": "nan", "keys": "1"}, "query"),
    ],
)
def test_attention_names_what_does_not_fit(given: dict[str, str], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve("attention", **given)


# -- self-attention ---------------------------------------------------------------------------------

WEIGHTS = {"w_q": "1, 2; 0, 1", "w_k": "1, 0; 1, 1", "w_v": "1, 0; 0, 2"}
TOKENS = "1, 0; 0, 1; 1, 1"


def turned(text: str) -> str:
    matrix = read_matrix(text)
    return "; ".join(", ".join(str(line[at]) for line in matrix.nested()) for at in range(matrix.shape[1]))


def test_self_attention_by_hand() -> None:
    solution = solve("self-attention", x=TOKENS, **WEIGHTS)
    assert solution.value("scores").nested() == [[1, 3, 4], [0, 1, 1], [1, 4, 5]]
    assert row(solution.value("weights"))[:3] == [0.0743, 0.3057, 0.6200]  # 2.0281, 8.3420, 16.9188 of 27.2890


@pytest.mark.parametrize("more", [{}, {"is_causal": True}, {"scale": "none"}, {"num_heads": 2, "w_o": "1, 2; 3, 4"}])
def test_columns_are_rows_transposed(more: dict[str, object]) -> None:
    by_rows = solve("self-attention", x=TOKENS, **WEIGHTS, **more)
    flat = {name: turned(value) for name, value in {"x": TOKENS, **WEIGHTS}.items()}
    others = {name: turned(value) if name == "w_o" else value for name, value in more.items()}
    by_columns = solve("self-attention", **flat, **others, convention="column")
    lines = zip(*by_columns.value("output").nested(), strict=True)
    assert [entry for line in lines for entry in line] == pytest.approx(by_rows.value("output").flat)


def test_causal_mask_hides_what_comes_later() -> None:
    solution = solve("self-attention", x=TOKENS, **WEIGHTS, is_causal=True)
    weights = solution.value("weights").nested()
    assert [weights[0][1], weights[0][2], weights[1][2]] == [0, 0, 0]
    assert [sum(line) for line in weights] == pytest.approx([1, 1, 1])
    assert solution.value("output").nested()[0] == pytest.approx(solution.value("values").nested()[0])
    columns = solve("self-attention", x=turned(TOKENS), convention="column", is_causal=True).value("weights").nested()
    assert [columns[1][0], columns[2][0], columns[2][1]] == [0, 0, 0]


def test_a_head_takes_its_share_of_the_columns_and_scales_by_its_own_size() -> None:
    solution = solve("self-attention", x=TOKENS, **WEIGHTS, num_heads=2)
    assert solution.given["W_Q"][2].nested() == [[2], [1]]
    assert solution.given["d_k"] == 1
    alone = solve("self-attention", x=TOKENS, w_q="2; 1", w_k="0; 1", w_v="0; 2")
    assert solution.value("output(2)").flat == alone.value("output").flat
    assert solution.value("output").shape == (3, 2)


def test_unscaled_published_case_read_by_hand() -> None:
    solution = solve("self-attention", x="1, 0, 1, 0; 0, 2, 0, 2; 1, 1, 1, 1", scale="none")
    assert solution.value("scores").nested() == [[2, 0, 2], [0, 8, 4], [2, 4, 4]]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"x": TOKENS, "w_q": "1, 0, 1"}, "w-q: 1×3"),
        ({"x": TOKENS, "w_q": "1, 0, 1; 0, 1, 1"}, "w-k"),
        ({"x": TOKENS, "w_o": "1, 1, 1"}, "w-o"),
        ({"x": TOKENS, "num_heads": 2}, "w-q"),
        ({"x": TOKENS, **WEIGHTS, "num_heads": 5}, "num-heads"),
        ({"x": TOKENS, **WEIGHTS, "w_v": "1; 1", "num_heads": 2}, "num-heads"),
        ({"x": TOKENS, "num_heads": 0}, "num-heads"),
        ({"x": TOKENS, "scale": "some"}, "scale"),
        ({"x": "1" + ", 1" * 70}, "x: 1×71"),
    ],
)
def test_self_attention_names_what_does_not_fit(given: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve("self-attention", **given)


def test_masked_scores_are_strict_json() -> None:
    done = revise("solve", "self-attention", "--x", TOKENS, "--is-causal", "--json")
    shown = json.loads(done.stdout, parse_constant=lambda word: pytest.fail(word))
    assert shown["answer"]["weights"][0] == [1, 0, 0]


# -- positional encoding ----------------------------------------------------------------------------


def test_positional_encoding_of_position_zero() -> None:
    solution = solve("positional-encoding", position="0", d_model=6)
    assert solution.value("encoding").flat == (0, 1, 0, 1, 0, 1)
    concatenated = solve("positional-encoding", position="0", d_model=6, layout="concatenated")
    assert concatenated.value("encoding").flat == (0, 0, 0, 1, 1, 1)


def test_layouts_hold_the_same_values() -> None:
    one = solve("positional-encoding", position="3", d_model=6).value("encoding").flat
    other = solve("positional-encoding", position="3", d_model=6, layout="concatenated").value("encoding").flat
    assert one[0::2] + one[1::2] == other


def test_one_dimension_by_hand() -> None:
    solution = solve("positional-encoding", position="3", d_model=4, dimension=2)
    assert float(solution.value("value")) == pytest.approx(0.0299955)  # sin(3/100)
    assert same(solve("positional-encoding", position="pos", d_model="d", dimension=4).value("value"),
                "sin(pos/10000^(4/d))")  # fmt: skip


def test_a_shift_is_a_turn_that_does_not_know_the_position() -> None:
    turns = []
    for position in ("1", "7"):
        solution = solve("positional-encoding", position=position, d_model=4, shift=2)
        later = solve("positional-encoding", position=str(int(position) + 2), d_model=4).value("encoding").flat
        for pair in (0, 1):
            assert solution.value(f"shifted({pair})").flat == pytest.approx(later[2 * pair : 2 * pair + 2])
        turns.append(solution.value("R[1]").flat)
    assert turns[0] == turns[1]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"position": "1", "d_model": 5}, "d-model"),
        ({"position": "-1", "d_model": 4}, "position"),
        ({"position": "1/2", "d_model": 4}, "position"),
        ({"position": "1, 1", "d_model": 4}, "position"),
        ({"position": "1, 2", "d_model": 4, "shift": 1}, "shift"),
        ({"position": "1", "d_model": 4, "dimension": 4}, "dimension"),
        ({"position": "1", "d_model": 1_000_000}, "d-model"),
        ({"position": "1", "d_model": "d"}, "d-model"),
        ({"position": "1", "d_model": 4, "base": -1}, "base"),
    ],
)
def test_positional_encoding_names_what_does_not_fit(given: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve("positional-encoding", **given)


# -- counts -----------------------------------------------------------------------------------------


def test_the_number_of_heads_changes_no_count() -> None:
    counts = {solve("multihead-params", embed_dim=768, num_heads=h).value("parameters") for h in (1, 2, 12, 48)}
    assert counts == {4 * 768**2 + 4 * 768}
    assert same(solve("multihead-params", embed_dim="d", num_heads="h", bias=False).value("parameters"), "4*d^2")


def test_heads_that_do_not_share_out_are_named() -> None:
    notes = [step.why for step in solve("multihead-params", embed_dim=10, num_heads=3).steps if step.is_note]
    assert "can't share 10" in notes[0]
    with pytest.raises(InputError, match="num-heads"):
        solve("multihead-params", embed_dim=8, num_heads=0)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["multihead-params", "--num-heads", "12", "--find", "embed-dim", "--parameters", "2362368"],
         {"embed-dim": [768]}),
        (["transformer-params", "--net", "gpt2", "--find", "num-layers", "--parameters", "124439808"],
         {"num-layers": [12]}),
        (["transformer-params", "--num-layers", "12", "--find", "d-model", "--rough", "84934656"], {"d-model": [768]}),
        (["attention-complexity", "--d", "512", "--find", "n", "--scores", "5120000"], {"n": [100]}),
        (["positional-encoding", "--position", "0", "--find", "d-model", "--encoding", "0, 1, 0, 1"], {"d-model": [4]}),
    ],
)  # fmt: skip
def test_backwards(asked: list[str], found: dict[str, list[int]]) -> None:
    done = revise("solve", *asked, "--json")
    assert json.loads(done.stdout)["answer"] == found


@pytest.mark.parametrize("net", SIZES)
def test_published_sizes_differ_from_ours_by_what_the_note_says(net: str) -> None:
    """In millions, as printed in the papers: within 9 % (GPT-2's slip is the largest)."""
    printed = {"transformer-base": 65, "transformer-big": 213, "bert-base": 110, "bert-large": 340,
               "gpt2": 117, "gpt2-medium": 345, "gpt2-large": 762, "gpt2-xl": 1542}[net]  # fmt: skip
    ours = solve("transformer-params", net=net).value("millions")
    assert abs(ours / printed - 1) < 0.09
    assert str(printed) in PUBLISHED[net]


def test_transformer_of_the_first_paper_as_torch_builds_it() -> None:
    solution = solve("transformer-params", net="transformer-base")
    assert (solution.value("layer"), solution.value("decoder-layer")) == (3_152_384, 4_204_032)


def test_letters_give_twelve_l_d_squared() -> None:
    solution = solve("transformer-params", num_layers="L", d_model="d", vocab_size="V")
    assert same(solution.value("rough"), "12*L*d^2")
    assert same(solution.value("parameters"), "L*(12*d^2 + 13*d) + V*d")


def test_tied_or_not_memory_lora_and_cache() -> None:
    tied = solve("transformer-params", num_layers=2, d_model=8, vocab_size=10, lora_rank=2, context=5)
    apart = solve("transformer-params", num_layers=2, d_model=8, vocab_size=10, tied=False)
    assert apart.value("parameters") - tied.value("parameters") == 80
    count = tied.value("parameters")
    assert [tied.value(kind) for kind in ("float32", "float16", "int8", "int4")] == [4 * count, 2 * count, count,
                                                                                     Fraction(count, 2)]  # fmt: skip
    assert tied.value("lora") == 2 * 2 * 2 * 8 * 2
    assert tied.value("kv-cache") == 2 * 2 * 5 * 8 * 2


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "num-layers"),
        ({"num_layers": 2}, "d-model"),
        ({"num_layers": -1, "d_model": 8}, "num-layers"),
        ({"num_layers": 2, "d_model": 0}, "d-model"),
        ({"num_layers": 2, "d_model": 8, "nhead": 3}, "nhead"),
        ({"num_layers": 0, "d_model": 8}, "num-layers"),
        ({"num_layers": 2, "d_model": 8, "lora_rank": 1, "lora_matrices": 5}, "lora-matrices"),
        ({"num_layers": "1/2", "d_model": 8}, "num-layers"),
        ({"net": "bert"}, "net"),
    ],
)
def test_transformer_params_names_what_does_not_fit(given: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve("transformer-params", **given)


# -- cost -------------------------------------------------------------------------------------------


def test_projections_and_scores_are_even_at_twice_the_width() -> None:
    solution = solve("attention-complexity", n=1024, d=512)
    assert solution.value("even-at") == 1024
    assert solution.value("projections") == solution.value("scores") + solution.value("weighted-sum")
    assert solve("attention-complexity", n=512, d=512).value("recurrent") == 512**3


def test_heads_change_the_memory_of_the_weights_only() -> None:
    one, eight = (solve("attention-complexity", n=100, d=512, num_heads=h, dtype="float16") for h in (1, 8))
    assert one.value("multiply-adds") == eight.value("multiply-adds")
    assert (one.value("memory"), eight.value("memory")) == (20_000, 160_000)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"n": 0, "d": 4}, "n must"),
        ({"n": 4, "d": 4, "r": 5}, "r:"),
        ({"n": 4, "d": 4, "kernel_size": 1}, "kernel-size"),
    ],
)
def test_attention_complexity_names_what_does_not_fit(given: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve("attention-complexity", **given)


# -- beam search ------------------------------------------------------------------------------------

NICE = "The: nice 0.5, dog 0.4, car 0.1; nice: woman 0.4, house 0.3, guy 0.3; dog: has 0.9, runs 0.05, and 0.05"
ENDS = "<s>: a 0.6, </s> 0.4; a: a 0.5, </s> 0.5"


def test_beam_of_one_is_greedy_and_of_two_finds_more() -> None:
    one, two = (solve("beam-search", table=NICE, beam_width=k, steps=2) for k in (1, 2))
    assert (one.value("best"), one.value("probability")) == ("nice woman", Fraction(1, 5))
    assert (two.value("best"), two.value("probability")) == ("dog has", Fraction(9, 25))
    assert two.value("greedy") == "nice woman"


def test_each_step_lists_all_candidates() -> None:
    solution = solve("beam-search", table=NICE, beam_width=2, steps=2)
    second = [step.at["y"] for step in solution.steps if step.table == "beam search, step 2" and step.name == "P[y]"]
    assert second == ["nice woman", "nice house", "nice guy", "dog has", "dog runs", "dog and"]


def test_length_normalisation_prefers_the_longer() -> None:
    given = {"table": "<s>: a 0.6, </s> 0.4; a: b 0.6, c 0.4; b: </s> 1; c: </s> 1", "beam_width": 2}
    assert solve("beam-search", **given).value("best") == "</s>"  # 0.4 against 0.36
    by_length = solve("beam-search", **given, alpha=1)
    assert by_length.value("best") == "a b </s>"  # log(0.36)/3 against log(0.4)
    assert float(by_length.value("score")) == pytest.approx(-0.3405504)
    gnmt = solve("beam-search", **given, alpha=1, penalty="gnmt")
    assert float(gnmt.value("score")) == pytest.approx(-1.0216512 / (8 / 6))


def test_a_finished_sequence_narrows_the_beam_or_competes() -> None:
    given = {"table": ENDS, "beam_width": 2, "steps": 3}
    aside, compete = (solve("beam-search", **given, finished=how) for how in ("aside", "compete"))
    tables = [{step.at["y"] for step in one.steps if step.table == "beam search, step 3"} for one in (aside, compete)]
    assert tables == [{"a a a", "a a </s>"}, {"a a a", "a a </s>"}]
    assert any("1 wide" in step.why for step in aside.steps)
    assert not any("1 wide" in step.why for step in compete.steps)


def test_logarithms_give_the_same_as_probabilities() -> None:
    import math

    logs = "<s>: " + ", ".join(f"{w} {math.log(p)!r}" for w, p in (("a", 0.6), ("</s>", 0.4)))
    logs += "; a: " + ", ".join(f"{w} {math.log(0.5)!r}" for w in ("a", "</s>"))
    one, other = (solve("beam-search", table=table, steps=3) for table in (ENDS, logs))
    assert one.value("best") == other.value("best")
    assert float(one.value("log-probability")) == pytest.approx(float(other.value("log-probability")))
    assert float(other.value("probability")) == pytest.approx(float(one.value("probability")))


def test_a_row_counts_for_the_whole_sequence_before_its_last_word() -> None:
    table = read_table("<s>: a 1; a: a 1; a a: b 1", None)
    assert table.next(("a",)) == {"a": 1}
    assert table.next(("a", "a")) == {"b": 1}
    assert table.next(("c", "a", "a")) == {"b": 1}
    assert table.next(("a", "b")) is None


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"table": ""}, "no row"),
        ({"table": "a"}, "is no row"),
        ({"table": "a: b"}, "no word with its number"),
        ({"table": "a: b x"}, "'x'"),
        ({"table": "a: b 0.5, c 0.6"}, "1.1"),
        ({"table": "a: b 1.5"}, "no probability"),
        ({"table": "a: b -0.5, c 0.5"}, "never positive"),
        ({"table": "a: b 0.5, b 0.5"}, "twice"),
        ({"table": "a: b 1; a: c 1"}, "two rows"),
        ({"table": "a: b 0.5, end 0.5"}, "what follows 'a b'"),
        ({"table": ENDS, "end": "stop"}, "stop"),
        ({"table": "<s>: a 0.9, </s> 0.1; a: a 0.9, </s> 0.1"}, "steps"),
        ({"table": NICE, "beam_width": 0}, "beam-width"),
        ({"table": NICE, "beam_width": 1000}, "beam-width"),
        ({"table": NICE, "steps": 100}, "steps"),
        ({"table": NICE, "alpha": -1}, "alpha"),
        ({"table": "a: b 0"}, "positive probability"),
    ],
)
def test_beam_search_names_what_does_not_fit(given: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve("beam-search", **given)


def test_the_table_comes_from_standard_input_too() -> None:
    done = revise("solve", "beam-search", "--table", "-", "--steps", "2", "--json", stdin=NICE.replace("; ", "\n"))
    assert json.loads(done.stdout)["answer"]["best"] == "dog has"


def test_the_beam_ranks_whole_sequences_not_last_words() -> None:
    solution = solve("beam-search", table="<s>: a 0.9, b 0.1; a: c 0.5, d 0.5; b: e 1", beam_width=2, steps=2)
    assert solution.given["F"] == ("a c", "a d")  # 0.45 each; b e has 0.1, though e is certain after b
