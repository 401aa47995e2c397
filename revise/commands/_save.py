"""`revise demo NAME --save FILE`: the last frame as an SVG, or the whole run as JSON."""

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

from revise.errors import InputError
from revise.frame import Frame

KINDS = (".svg", ".json")
WIDTH, HEIGHT = 80, 24


def writable(file: Path) -> Path:
    """`file`, found fit before the run begins. Raises InputError."""
    if file.suffix.lower() not in KINDS:
        raise InputError(f"--save {file}: the name ends in {' or '.join(KINDS)}")
    if not file.parent.is_dir():
        raise InputError(f"--save {file}: there is no folder {file.parent}")
    try:
        if file.exists():
            file.open("r+b").close()
        else:
            file.touch()
            file.unlink()
    except OSError as fault:
        raise _refused(file, fault) from fault
    return file


def _refused(file: Path, fault: OSError) -> InputError:
    return InputError(f"--save {file}: it can't be written ({fault.strerror})")


def save(file: Path, command: str, frames: list[Frame], result: dict[str, Any]) -> None:
    """Write `frames`: an SVG has the last, JSON `result`, the metrics of each and the last one's pictures."""
    if file.suffix.lower() == ".svg":
        text = _svg(frames[-1], command)
    else:
        rows = [{"step": frame.step, "metrics": plain(dict(frame.metrics))} for frame in frames]
        pictures = [plain(picture) for picture in frames[-1].pictures]
        text = json.dumps({**result, "frames": rows, "pictures": pictures}, allow_nan=False, ensure_ascii=False) + "\n"
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise _refused(file, fault) from fault


def _svg(frame: Frame, command: str) -> str:
    from revise.render.frame import draw_frame
    from revise.render.pictures import Look
    from revise.render.svg import picture

    lines = draw_frame(frame, WIDTH, HEIGHT, Look())
    for line in lines:
        line.rstrip()
    return picture(lines, WIDTH, command)


def plain(value: Any) -> Any:
    """Pictures as objects that name their kind, numbers that JSON has no sign for as texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {"kind": type(value).__name__, **{it.name: plain(getattr(value, it.name)) for it in fields(value)}}
    return value
