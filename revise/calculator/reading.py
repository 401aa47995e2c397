"""Typed text → a tree with operations in it, each of them with arguments of the right kind."""

import re
from dataclasses import dataclass, field, replace
from typing import NoReturn

from revise.calculator.operations import ABBREVIATIONS, CALLS, OPERATIONS, SEVERAL
from revise.errors import InputError
from revise.expression import LEAVES, TYPED, ExpressionError, Limits, Node, free_names, parse, postorder, substitute
from revise.expression.functions import CONSTANTS

MOST_ORDER = 10
MOST_POWER = 20
SIDES = ("left", "right")
_OF_MATRICES = frozenset("@ .T inv det trace kron inverse transpose rank eigen svd".split())


@dataclass(frozen=True)
class Question:
    """What was typed as a tree, and what each letter is there: free, or bound by an operation.

    moving   letters that an operation differentiates by, and others whose value is put in last
    bound    letters that are gone from the answer: of a limit, an area, a sum, an equation
    """

    text: str
    root: Node
    letters: tuple[str, ...]
    moving: frozenset[str]
    bound: frozenset[str]
    at: dict[str, Node] = field(default_factory=dict)

    @property
    def wanders(self) -> bool:
        """Whether SymPy may not come back from it."""
        return any(is_operation(node) and OPERATIONS[node.head].wanders for node in postorder(self.root))


def is_operation(node: Node) -> bool:
    """Whether the calculator does it, and not the language: sum([1, 2]) and solve(A, b) are the language's."""
    if node.head not in OPERATIONS:
        return False
    if node.head == "sum":
        return len(node.args) == 4
    return node.head != "solve" or node.args[0].head != "matrix"


def read(text: str, at: str | None = None, limits: Limits = TYPED) -> Question:
    """Raises ExpressionError, with a caret under the place, and InputError for `at`."""
    root = _written_out(parse(text, None, limits, {"sigma": "sigmoid"}, (), calls=CALLS))
    variables: dict[str, set[str]] = {"moving": set(), "bound": set()}
    for node in postorder(root):
        if is_operation(node):
            _check(node, text, variables)
        elif node.head == "=" and node is root:
            _fail("an equation has no value; to solve it write solve(…, x)", text, node)
    for node in postorder(root):
        several = next((child for child in _children(node) if is_operation(child) and child.head in SEVERAL), None)
        if several is not None:
            _fail(f"{several.head}(…) gives several things, so it stands alone", text, several)
    letters = tuple(letter for letter in free_names(root) if letter not in CONSTANTS and letter not in (*SIDES, "fro"))
    question = Question(text, root, letters, frozenset(variables["moving"]), frozenset(variables["bound"]))
    question = replace(question, at=_values(question, at)) if at else question
    for node in postorder(root):
        for child in _children(node) if node.head in _OF_MATRICES else ():
            if child.head == "name" and child.args[0] not in question.at and child.args[0] in letters:
                _fail(
                    f'{child.args[0]} is no matrix yet: give it with --at "{child.args[0]}=[1, 2; 3, 4]"', text, child
                )
    return question


def _children(node: Node) -> list[Node]:
    return [] if node.head in LEAVES else list(node.args)


def _written_out(root: Node) -> Node:
    """Abbreviations replaced by what they stand for."""
    made: dict[int, Node] = {}
    for node in postorder(root):
        if node.head in LEAVES:
            made[id(node)] = node
            continue
        args = tuple(made[id(child)] for child in node.args)
        if node.head in ABBREVIATIONS:
            made[id(node)] = substitute(parse(ABBREVIATIONS[node.head]), {"u": args[0]})
        else:
            made[id(node)] = Node(node.head, args, node.at)
    return made[id(root)]


# -- the arguments of an operation ------------------------------------------------------------------


def _check(node: Node, text: str, variables: dict[str, set[str]]) -> None:
    head, (function, *others) = node.head, node.args
    if head == "diff":
        variables["moving"] |= set(_orders(node, text))
    elif head in ("grad", "jacobian", "hessian"):
        variables["moving"] |= set(listed(others[0], text) if others else letters_in(function))
    elif head == "taylor":
        variables["moving"].add(_letter(others[0], text))
        if whole(others[2]) is None or not 0 <= (whole(others[2]) or 0) <= MOST_POWER:
            _fail(f"the highest power is a whole number from 0 to {MOST_POWER}", text, others[2])
        _without(others[1], others[0], text)
    elif head == "limit":
        variables["bound"].add(_letter(others[0], text))
        _without(others[1], others[0], text)
        if len(others) == 3 and (others[2].head != "name" or others[2].args[0] not in SIDES):
            _fail("the side is left or right", text, others[2])
    elif head == "integrate":
        if len(others) == 2:
            _fail("integrate(f, x) or integrate(f, x, a, b)", text, node)
        variables["moving" if len(others) == 1 else "bound"].add(_letter(others[0], text))
        for end in others[1:]:
            _without(end, others[0], text)
    elif head == "sum":
        variables["bound"].add(_letter(others[0], text))
        for end in others[1:]:
            _without(end, others[0], text)
    elif head == "solve":
        variables["bound"] |= set(listed(others[0], text))
    elif head == "norm" and others:
        _check_order(others[0], text)


def _orders(node: Node, text: str) -> list[str]:
    """The letters that diff differentiates by, in order; a number repeats the letter before it."""
    found: list[str] = []
    for place, argument in enumerate(node.args[1:]):
        times = whole(argument)
        if argument.head == "number":
            if not found or times is None or node.args[place].head == "number":
                _fail("diff(f, x, 2): after a letter stands how often, a whole number", text, argument)
            if not 1 <= times <= MOST_ORDER:
                _fail(f"a derivative of order 1 to {MOST_ORDER}", text, argument)
            found += [found[-1]] * (times - 1)
        else:
            found.append(_letter(argument, text))
    if len(found) > MOST_ORDER:
        _fail(f"a derivative of order 1 to {MOST_ORDER}", text, node)
    if not found:
        letters = letters_in(node.args[0])
        if len(letters) != 1:
            _fail("say by which letter: diff(f, x)", text, node)
        found = letters
    return found


def orders(node: Node) -> list[str]:
    return _orders(node, "")


def listed(node: Node, text: str = "") -> list[str]:
    """The letters of `[x, y]`, or of a lone `x`."""
    found = [_letter(item, text) for item in (node.args if node.head == "list" else (node,))]
    if len(set(found)) < len(found):
        _fail("a letter is named twice", text, node)
    return found


def letters_in(node: Node) -> list[str]:
    return [letter for letter in free_names(node) if letter not in CONSTANTS]


def whole(node: Node) -> int | None:
    return node.args[0] if node.head == "number" and isinstance(node.args[0], int) else None


def _letter(node: Node, text: str) -> str:
    if node.head != "name" or node.args[0] in CONSTANTS:
        _fail("a letter is asked for here", text, node)
    return str(node.args[0])


def _without(node: Node, letter: Node, text: str) -> None:
    if letter.args[0] in free_names(node):
        _fail(f"{letter.args[0]} itself can't stand here", text, node)


def _check_order(node: Node, text: str) -> None:
    named = node.head == "name" and node.args[0] in ("inf", "fro")
    if not named and whole(node) not in (1, 2):
        _fail("the norm is 1, 2, inf or fro", text, node)


def _fail(message: str, text: str, node: Node) -> NoReturn:
    raise ExpressionError(message, text, min((part.at for part in postorder(node)), default=node.at))


# -- --at ---------------------------------------------------------------------------------------------


def _values(question: Question, text: str) -> dict[str, Node]:
    values: dict[str, Node] = {}
    for part in re.split(r"[,;，；]\s*(?=[^\d\s.,;=\[\]][^,;=\[\]]*[=＝])", text.strip().strip(",;")):
        spelled, equals, value = part.replace("＝", "=").partition("=")
        if not equals or "=" in value or not value.strip():
            raise InputError(f'--at: {part.strip()!r} is no assignment; write --at "x=2, y=-1"')
        letter = parse(spelled)
        if letter.head != "name":
            raise InputError(f"--at: {spelled.strip()} is no letter")
        word = letter.args[0]
        if word in values:
            raise InputError(f"--at: {word} is given twice")
        values[word] = _value(question, word, value)
    return values


def _value(question: Question, word: str, text: str) -> Node:
    if word not in question.letters:
        from revise.catalogue import unknown

        known = ", ".join(question.letters) or "none"
        fault = unknown(f"letter {word}", list(question.letters), word)
        raise InputError(f"--at: {fault}; the letters are {known}")
    if word in question.bound:
        raise InputError(f"--at: {word} is bound: it is gone from the answer")
    try:
        return parse(text)
    except ExpressionError as fault:
        raise InputError(f"--at: {word}: {fault}") from None
