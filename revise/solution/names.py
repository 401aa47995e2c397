"""What is known while a solution is worked: name → value, or name → a table of values."""

from collections.abc import Mapping
from typing import Any

from revise.engines.arrays import Array
from revise.expression import Node, free_names


def copied(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, dict) else value for name, value in given.items()}


def store(env: dict[str, Any], key: tuple[str, Any], value: Any) -> None:
    """Put `value` under `key`; an index opens a table, which is changed in place."""
    name, index = key
    if index is None:
        env[name] = value
        return
    table = env.get(name)
    if isinstance(table, Array):
        env[name] = table = dict(enumerate(table.flat)) if len(table.shape) == 1 else {}
    if not isinstance(table, dict):
        table = env[name] = {} if table is None else table
    table[index] = value


def has(env: Mapping[str, Any], key: tuple[str, Any]) -> bool:
    name, index = key
    if index is None:
        return name in env
    table = env.get(name)
    if isinstance(table, Array):
        return isinstance(index, int) and index < table.shape[0]
    return isinstance(table, dict) and index in table


def letters_in(value: Any) -> list[str]:
    if isinstance(value, Node):
        return free_names(value)
    if isinstance(value, Array):
        return [name for entry in value.flat for name in letters_in(entry)]
    if isinstance(value, dict):
        return [name for entry in value.values() for name in letters_in(entry)]
    return []


def is_only(value: Any, name: str) -> bool:
    """Whether `value` is the letter `name` itself, or a table or a lone entry of nothing else."""
    if isinstance(value, dict):
        return all(is_only(entry, name) for entry in value.values())
    if isinstance(value, Array) and len(value.flat) == 1:
        return is_only(value.flat[0], name)
    return isinstance(value, Node) and value.head == "name" and value.args[0] == name
