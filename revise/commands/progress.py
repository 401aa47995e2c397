"""`revise progress export|import|rebuild|path|delete`: the student's own record, out, in, anew, where, away."""

import os
import sys
from pathlib import Path

from revise.errors import InputError, NothingFound
from revise.progress import record_file
from revise.progress.record import Record


def export(to: Path | None) -> int:
    """Write the record to `to`, or to standard output where it is None or `-`."""
    if not record_file().is_file():
        raise NothingFound(f"there is no record yet: {record_file()}")
    with Record(write=False) as record:
        lines = record.export()
        if to is None or str(to) == "-":
            for line in lines:
                print(line)
            return 0
        half = to.with_name(f"{to.name}.half")
        try:
            with half.open("w", encoding="utf-8", newline="\n") as file:
                count = sum(file.write(f"{line}\n") > 0 for line in lines)
                file.flush()
                os.fsync(file.fileno())
            half.replace(to)
        except OSError as fault:
            raise InputError(f"{to} can't be written ({fault.strerror}): nothing was exported") from fault
        finally:
            half.unlink(missing_ok=True)
    print(f"{count - 1} rows written to {to}")
    return 0


def take_in(source: Path) -> int:
    """Read an export from the file `source`, or from standard input where it is `-`."""
    try:
        lines = sys.stdin.readlines() if str(source) == "-" else source.read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise InputError(f"{source} can't be read ({fault.strerror})") from fault
    except UnicodeDecodeError:
        raise InputError(f"{source} is no text: is this a file of `revise progress export`?") from None
    with Record() as record:
        new, copy = record.take_in(lines)
    print(f"{new} grade{'s' * (new != 1)} new in {record_file()}")
    if copy is not None:
        print(f"as it was before: {copy}")
    return 0


def rebuild() -> int:
    """Compute the schedule anew from the grades."""
    if not record_file().is_file():
        raise NothingFound(f"there is no record yet: {record_file()}")
    with Record() as record:
        keys = record.rebuild()
    print(f"the schedule of {keys} cards and questions is computed anew from the grades")
    return 0


def path() -> int:
    print(record_file())
    return 0


def delete(sure: bool) -> int:
    """Remove the record once the student says yes; a copy stays among the backups."""
    from revise.progress import backup

    file = record_file()
    if not file.is_file():
        raise NothingFound(f"there is no record: {file}")
    if not sure:
        print(f"Delete {file}? A copy is kept. Type yes to delete, anything else to keep it.")
        if sys.stdin.readline().strip().casefold() != "yes":
            print("Kept.")
            return 1
    try:
        copy = backup.moved(file)
    except OSError as fault:
        raise InputError(f"{file} can't be deleted ({fault.strerror}): it is still there") from fault
    print(f"Deleted. The copy is {copy}; copy it to {file} to have the record back.")
    return 0
