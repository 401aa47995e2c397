"""What every demo owes: its fields, frames that begin and end, the same run twice, its phenomenon."""

import math
from collections.abc import Mapping

import pytest

from revise.demos import _catalogue
from revise.demos._trial import within
from revise.frame import Frame
from revise.render.frame import draw_frame
from revise.render.pictures import Look

pytest.importorskip("torch")
DEMOS = [_catalogue.read(file) for file in _catalogue.names().values()]
each_demo = pytest.mark.parametrize("demo", DEMOS, ids=[demo.name for demo in DEMOS])


def frames(demo: _catalogue.Demo, seed: int, steps: int, device: str = "cpu", **knobs: float) -> list[Frame]:
    settings: Mapping[str, float] = {name: knob[0] for name, knob in demo.knobs.items()}
    return list(demo.load()(seed, steps, device, **{**settings, **knobs}))


def test_names_are_unique_and_their_parts_are_the_syllabus() -> None:
    from revise.topic import open_library

    entries = open_library().entries
    files = list(_catalogue.HERE.glob("[!_]*/[!_]*.py"))
    assert len(_catalogue.names()) == len(files)
    assert {demo.part for demo in DEMOS} <= {entry.part for entry in entries}
    assert {demo.name for demo in DEMOS} <= {name for entry in entries for name in entry.demo}


@each_demo
def test_fields(demo: _catalogue.Demo) -> None:
    for sentence in (demo.point, demo.look_at, demo.seen, demo.question):
        assert sentence == " ".join(sentence.split()) and sentence[-1] in ".?"
    assert len(demo.point) <= 80
    for name, (default, least, most) in demo.knobs.items():
        assert name.isidentifier() and least <= default <= most
        assert len({type(value) for value in (default, least, most)} & {int}) == isinstance(default, int)
    assert demo.expect
    assert set(demo.what_if) == set(demo.knobs)
    for what in demo.what_if.values():
        assert what == " ".join(what.split()) and what[-1] not in ".;" and len(what) <= 160


@each_demo
def test_frames_begin_at_0_rise_and_end_at_the_last_step(demo: _catalogue.Demo) -> None:
    for steps in (1, 45):
        counted = [frame.step for frame in frames(demo, 0, steps)]
        assert counted == sorted(set(counted)) and counted[0] == 0 and counted[-1] == steps


@each_demo
def test_a_seed_fixes_the_run_and_another_seed_changes_it(demo: _catalogue.Demo) -> None:
    once, again, other = frames(demo, 3, 45), frames(demo, 3, 45), frames(demo, 4, 45)
    assert once == again
    assert once[-1].metrics != other[-1].metrics


@each_demo
def test_every_knob_runs_at_both_ends(demo: _catalogue.Demo) -> None:
    for name, (_, least, most) in demo.knobs.items():
        for value in (least, most):
            assert frames(demo, 0, 25, **{name: value})[-1].step == 25


@each_demo
def test_every_frame_fits_its_screen(demo: _catalogue.Demo) -> None:
    first, *_, last = frames(demo, 0, 45)
    for width, height in ((20, 5), (40, 20), (80, 24), (120, 40)):
        for look in (Look(), Look(colour=False), Look(colour=False, ascii=True)):
            for frame in (first, last):
                lines = draw_frame(frame, width, height, look)
                assert [line.cell_len for line in lines] == [width] * height


@each_demo
def test_on_another_device_it_is_the_same_run(demo: _catalogue.Demo) -> None:
    import elsewhere

    here = frames(demo, 0, 12)
    with elsewhere.Elsewhere() as far:
        there = frames(demo, 0, 12, device=elsewhere.NAME)
    assert far.calls or demo.name == "backprop"  # its graph of plain numbers is nothing for a device
    for one, other in zip(here, there, strict=True):
        assert one.step == other.step
        assert other.metrics == pytest.approx(dict(one.metrics), rel=1e-3, abs=1e-5, nan_ok=True)


def test_what_would_fail_on_a_device_is_found() -> None:
    import torch
    from elsewhere import NAME, Elsewhere

    dice = torch.Generator().manual_seed(0)
    with Elsewhere() as far:
        x = torch.ones(3).to(NAME)
        assert x.device.type == NAME and (x * 2 + 1).sum().item() == 9 and far.calls
        assert torch.arange(3, device=NAME)[torch.tensor([2, 0])].cpu().tolist() == [2, 0]
        with pytest.raises(RuntimeError, match="two devices"):
            x + torch.ones(3)
        with pytest.raises(RuntimeError, match="two devices"):
            torch.ones(3)[torch.arange(2, device=NAME)]
        with pytest.raises(RuntimeError, match="generator of the CPU"):
            x.normal_(generator=dice)
        with pytest.raises(TypeError, match="float64"):
            x.double()
        with pytest.raises(RuntimeError, match="numpy"):
            x.numpy()


@each_demo
@pytest.mark.parametrize("seed", [0, 1])
def test_the_phenomenon(demo: _catalogue.Demo, seed: int) -> None:
    run = frames(demo, seed, demo.steps)
    for name, bounds in demo.expect.items():
        assert within(run[-1].metrics[name], bounds), (name, run[-1].metrics[name])
    assert not all(within(run[0].metrics.get(name, math.nan), bounds) for name, bounds in demo.expect.items())


def test_adam_is_the_adam_of_torch() -> None:
    import torch

    from revise.demos._adam import Adam

    ours = [torch.tensor([1.0, -2.0], requires_grad=True), torch.tensor([[0.5]], requires_grad=True)]
    theirs = [parameter.detach().clone().requires_grad_() for parameter in ours]
    adam, oracle = Adam(ours, 0.8, 0.95), torch.optim.Adam(theirs, lr=0.05, betas=(0.8, 0.95))
    for _ in range(20):
        adam.step(torch.autograd.grad((ours[0] ** 4).sum() + (ours[1] ** 2).sum(), ours), 0.05)
        oracle.zero_grad()
        ((theirs[0] ** 4).sum() + (theirs[1] ** 2).sum()).backward()
        oracle.step()
    for mine, other in zip(ours, theirs, strict=True):
        assert torch.allclose(mine, other, atol=1e-6)


def test_jensen_shannon_of_known_densities() -> None:
    import torch

    from revise.demos.unsupervised import gan

    p = torch.tensor([0.5, 0.5, 0.0, 0.0], dtype=torch.float64)
    q = torch.tensor([0.25, 0.25, 0.25, 0.25], dtype=torch.float64)
    by_hand = (2 * 0.5 * math.log(4 / 3) + 2 * 0.25 * math.log(2 / 3) + 2 * 0.25 * math.log(2)) / 2
    assert gan._js(p, q) == pytest.approx(by_hand)
    mass = gan._mass(torch.linspace(-5, 5, 101, dtype=torch.float64))
    assert mass.sum().item() == pytest.approx(1) and mass[:45].sum().item() == pytest.approx(0.4, abs=0.01)


def test_a_broken_demo_is_named(tmp_path) -> None:
    file = tmp_path / "broken.py"
    file.write_text('"""Broken."""\nLOOK_AT = "here"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.py: missing EXPECT, KNOBS"):
        _catalogue.read(file)
    file.write_text('"""Broken."""\nSTEPS = int(3)\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.py:2: STEPS must be a literal"):
        _catalogue.read(file)
