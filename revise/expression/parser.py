"""Tokens → tree, with two explicit stacks: 5,000 nested brackets are no deeper than one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NoReturn

from revise.expression.constants import check_constants
from revise.expression.functions import ARITY, AXIS, BINDERS, CONSTANTS
from revise.expression.lexer import GREEK, ExpressionError, Token, tokenize
from revise.expression.node import Node, number


@dataclass(frozen=True)
class Limits:
    """What a text may hold. `keywords`: binders, `and or not`, slices, `inf` (solvers' formulas only)."""

    characters: int = 500
    nodes: int = 400
    depth: int | None = 60
    digits: int = 40
    side: int = 16
    keywords: bool = False
    check_constants: bool = True


TYPED = Limits()
FILE = Limits(characters=200_000, nodes=50_000, depth=None, side=512)
FORMULA = Limits(200_000, 50_000, None, 40, 512, keywords=True, check_constants=False)

# sign → (precedence, is right-associative); loose to tight
_INFIX = {
    "=": (1, False), "or": (2, False), "and": (3, False),
    **dict.fromkeys(["<", "<=", ">", ">=", "==", "!="], (5, False)),
    "..": (6, False), "+": (7, False), "-": (7, False),
    **dict.fromkeys(["*", "/", "@", ".*", "./"], (8, False)),
    "^": (10, True), ".^": (10, True),
}  # fmt: skip
_PREFIX = {"not": 4, "-": 9, "+": 9, "√": 9.5}
_COMPARISONS = frozenset(["<", "<=", ">", ">=", "==", "!="])
_KEYWORDS = frozenset(["for", "in", "if", "and", "or", "not"])
_GREEK = frozenset(GREEK.values())
_CLOSES = {"(": ")", "call": ")", "[": "]", "index": "]", "|": "|", "‖": "‖"}


@dataclass
class _Operator:
    sign: str
    precedence: float
    at: int
    prefix: bool = False


@dataclass
class _Frame:
    """An open bracket: what it is, what it has collected, and where a binder stands."""

    kind: str  # ( call [ index | ‖, or "" for the whole text
    at: int
    function: str = ""
    items: list[Node] = field(default_factory=list)
    rows: list[Node] = field(default_factory=list)
    power: int = 0  # of sin²(…)
    axis: bool = False
    binder: list[Node] = field(default_factory=list)  # body, variable, domain as they become known
    stage: str = ""  # "", domain, condition


def parse(
    text: str,
    names: Iterable[str] | None = None,
    limits: Limits = TYPED,
    functions: Mapping[str, str] | None = None,
    letters: Iterable[str] = (),
    counts: bool = False,
    calls: Mapping[str, tuple[int, int]] | None = None,
) -> Node:
    """The tree of `text`.

    names      the letters the question knows (spelled: `lambda`, `sigma2`); None allows any
    limits     TYPED for a person's line, FILE for files and pipes, FORMULA for a solver's own text
    functions  further function names for this question, such as {"sigma": "sigmoid"}
    letters    letters the question has where `names` is None: `a(b+c)` is then a product
    counts     a lone `5k`, `3M` or `1G` is a number
    calls      further operations, name → least and greatest number of arguments; each is a Node of its name.
               With them inf is a number, and = may stand inside their brackets

    Raises ExpressionError, whose message ends with the text and a caret under the place.
    """
    if len(text) > limits.characters:
        raise ExpressionError(f"more than {limits.characters:,} characters", text[:60], 0)
    known = None if names is None else frozenset(names)
    tokens = tokenize(text, limits.digits, counts)
    question = frozenset(letters) | _standing_alone(tokens) if known is None else known
    root = _Parser(text, tokens, known, question, limits, dict(functions or {}), dict(calls or {})).parse()
    if limits.check_constants:
        check_constants(root, text)
    return root


def _is_letter(name: str) -> bool:
    return len(name) == 1 or name in _GREEK


def _standing_alone(tokens: list[Token]) -> frozenset[str]:
    """One-letter names that occur without a bracket behind them, so that `x(1-x)` is a product."""
    pairs = pairwise(tokens)
    return frozenset(
        token.text for token, after in pairs
        if token.kind == "name" and _is_letter(token.text) and after.text != "(" and token.text not in CONSTANTS
    )  # fmt: skip


class _Parser:
    def __init__(
        self,
        text: str,
        tokens: list[Token],
        names: frozenset[str] | None,
        question: frozenset[str],
        limits: Limits,
        functions: dict[str, str],
        calls: dict[str, tuple[int, int]],
    ) -> None:
        self.text, self.tokens, self.names, self.limits, self.functions = text, tokens, names, limits, functions
        self.question = question
        self.calls, self.arity = calls, ARITY | calls
        self.position = 0
        self.values: list[Node] = []
        self.operators: list[_Operator | _Frame] = [_Frame("", 0)]
        self.depths: dict[int, int] = {}
        self.count = 0

    def parse(self) -> Node:
        wants_value = True
        while True:
            token = self.tokens[self.position]
            self.position += 1
            if token.kind == "end":
                break
            wants_value = self._value(token) if wants_value else self._after_value(token)
        frame = self._frame()
        if frame.kind:
            self._fail(f"this {'bracket' if frame.kind not in '|‖' else 'bar'} is never closed", frame.at)
        if wants_value:
            self._fail("something is missing here" if self.text.strip() else "nothing to read", token.at)
        self._reduce(0, token.at)
        return self.values.pop()

    # -- where a value is expected ------------------------------------------------------------

    def _value(self, token: Token) -> bool:
        """Read one token in value position; True while a value is still wanted."""
        sign, following = token.text, self.tokens[self.position]
        if token.kind == "number":
            self._push(number(token.value, token.at))
            return False
        if token.kind == "name":
            return self._name(token, following)
        if token.kind == "superscript":
            self._fail("a raised digit needs something before it", token.at)
        if sign in _PREFIX:
            if sign != "+":
                self.operators.append(_Operator(sign, _PREFIX[sign], token.at, prefix=True))
            return True
        if sign in ("(", "[", "|", "‖"):
            self.operators.append(_Frame(sign, token.at))
            if sign == "[" and following.text == "]":
                self._fail("an empty list", token.at)
            return True
        if sign == ":" and self._frame().kind == "index" and self._top_is_frame():
            if not self.limits.keywords:
                self._fail("slices have no place in typed text", token.at)
            self._push(Node(":", (), token.at))
            return False
        if sign == ")" and self._frame().kind == "call" and self._top_is_frame() and not self._frame().items:
            self._fail(f"{self._frame().function}() needs something between its brackets", token.at)
        self._fail(f"a value is missing before {sign!r}", token.at)

    def _name(self, token: Token, following: Token) -> bool:
        name, opens = token.text, following.text == "(" and following.kind == "operator"
        if name in _KEYWORDS and (self.names is None or name not in self.names):
            if name == "not" and self.limits.keywords:
                self.operators.append(_Operator("not", _PREFIX["not"], token.at, prefix=True))
                return True
            self._fail(f"{name!r} is not part of a typed formula", token.at)
        if name == "axis" and following.text == "=" and self._frame().kind == "call" and self._top_is_frame():
            frame = self._frame()
            if frame.function not in AXIS or not frame.items:
                self._fail(f"{frame.function} takes no axis", token.at)
            frame.axis = True
            self.position += 1
            return True
        known = self.names is not None and name in self.names
        function = name if name in self.arity else None
        if name in self.functions and name not in self.question:
            function = self.functions[name]
        if function is None and not known and len(name) > 2 and name.lower() in self.arity:
            function = name.lower()
        raised = self._raised_function(function) if function is not None and not known else 0
        if (opens or raised) and function is not None and not known:
            self.position += 2 if raised else 1
            self.operators.append(_Frame("call", token.at, function, power=raised))
            return True
        if opens and not (_is_letter(name) and name in self.question):
            self._fail(self._not_a_function(name), token.at)
        if function is not None and not known:
            self._fail(f"{name} is a function and needs brackets: {name}(…)", token.at)
        if name.lower() == "nan":
            self._fail("nan is no number", token.at)
        if name == "inf" and not known and not self.limits.keywords and not self.calls:
            self._fail("infinity is not a number to compute with here", token.at)
        if not known and self.names is not None and name not in CONSTANTS:
            self._fail(self._unknown(name), token.at)
        self._push(Node("name", (name,), token.at))
        return False

    def _raised_function(self, function: str) -> int:
        """The n of sin²(x); 0 where the name is followed by something else."""
        power, bracket = (
            self.tokens[self.position : self.position + 2] if len(self.tokens) > self.position + 1 else (None, None)
        )
        if power is None or bracket is None or power.kind != "superscript" or bracket.text != "(":
            return 0
        if power.value < 2 or self.arity[function] != (1, 1):
            self._fail(f"{function}{power.text} can be read two ways: write ({function}(…))^n", power.at)
        return int(power.value)

    def _not_a_function(self, name: str) -> str:
        from difflib import get_close_matches

        if name == "sigma":
            return "sigma(…): for the logistic function write sigmoid(…), for a product sigma*(…)"
        close = get_close_matches(name.lower(), list(self.arity), 1)
        meant = f"; did you mean {close[0]}?" if close else ""
        return f"{name}(…): {name} is no function; for a product write {name}*(…){meant}"

    def _unknown(self, name: str) -> str:
        from difflib import get_close_matches

        assert self.names is not None
        if 1 < len(name) <= 6 and all(letter in self.names for letter in name):
            return f"unknown name {name}; for a product write {'*'.join(name)}"
        close = get_close_matches(name, [*self.names, *ARITY], 1)
        meant = f"did you mean {close[0]}?" if close else "known here: " + (", ".join(sorted(self.names)) or "none")
        return f"unknown name {name}; {meant}"

    # -- after a value --------------------------------------------------------------------------

    def _after_value(self, token: Token) -> bool:
        """Read one token behind a value; True when another value must follow."""
        sign = token.text
        if token.kind == "superscript":
            self._check_root(token)
            self._push(number(token.value, token.at))
            self._combine(_Operator("^", 10, token.at))
            return False
        if token.kind == "name" and sign in _KEYWORDS and not (self.names and sign in self.names):
            return self._keyword(token)
        if token.kind == "operator":
            if sign in ("^", ".^"):
                self._check_root(token)
            if sign in _INFIX:
                self._infix(_Operator(sign, _INFIX[sign][0], token.at), _INFIX[sign][1])
                return True
            if sign in ("!", "%", ".T"):
                return self._postfix(token)
            if sign in ("|", "‖") and self._frame().kind == sign:
                return self._close(token)
            if sign in (")", "]"):
                return self._close(token)
            if sign in (",", ";"):
                return self._separate(token)
            if sign == "[":
                self.operators.append(_Frame("index", token.at))
                return True
        if token.kind in ("number", "name") or sign in ("(", "√"):
            return self._implied_product(token)
        self._fail(f"{sign!r} has no meaning here", token.at)

    def _check_root(self, token: Token) -> None:
        top = self.operators[-1]
        if isinstance(top, _Operator) and top.sign == "√":
            self._fail("√x² can be read two ways: write √(x^2) or (√x)^2", token.at)

    def _implied_product(self, token: Token) -> bool:
        before = self.tokens[self.position - 2]
        after_bracket = before.kind == "operator" and before.text in (")", "|", "‖", "]")
        one_letter = before.kind == "name" and _is_letter(before.text)
        fits = (
            (before.kind == "number" and token.kind != "number")
            or (after_bracket and token.kind != "number")
            or (one_letter and token.text == "(" and token.kind == "operator")
        )
        if not fits:
            self._fail("two values side by side: for a product write * between them", token.at)
        top = self.operators[-1]
        negated = isinstance(top, _Operator) and top.prefix and top.sign == "-"
        top = self.operators[-2] if negated and len(self.operators) > 1 else top
        if isinstance(top, _Operator) and top.sign in ("/", "./"):
            self._fail("a/b c can be read two ways: write a/(b*c) or (a/b)*c", token.at)
        if isinstance(top, _Operator) and top.sign == "^" and before.kind == "number":
            self._fail("a^2x can be read two ways: write a^(2*x) or a^2*x", token.at)
        if isinstance(top, _Operator) and top.sign == "√":
            self._fail("√2x can be read two ways: write √(2*x) or √2*x", token.at)
        self._infix(_Operator("*", 8, token.at), False)
        return self._value(token)

    def _infix(self, operator: _Operator, right: bool) -> None:
        self._reduce(operator.precedence + (0.25 if right else 0), operator.at)
        top = self.operators[-1]
        if operator.sign in _COMPARISONS and self._ends_in_comparison():
            self._fail("comparisons don't chain: write two of them", operator.at)
        misplaced = not isinstance(top, _Frame) or (top.kind and not self._in_call(top))
        if operator.sign == "=" and (misplaced or self.values[-1].head == "="):
            self._fail("= belongs at the top of a formula; for a comparison write ==", operator.at)
        if operator.sign in ("..", "and", "or") and not self.limits.keywords:
            self._fail(f"{operator.sign!r} has no place in typed text", operator.at)
        self.operators.append(operator)

    def _in_call(self, top: _Frame) -> bool:
        """Whether an equation may stand just inside this bracket: that of an operation, or a list in one."""
        frames = [frame for frame in self.operators if isinstance(frame, _Frame)]
        if top.kind == "[" and len(frames) > 1:
            top = frames[-2]
        return top.kind == "call" and top.function in self.calls

    def _ends_in_comparison(self) -> bool:
        before = self.tokens[self.position - 2]
        return self.values[-1].head in _COMPARISONS and before.text != ")"

    def _postfix(self, token: Token) -> bool:
        sign, operand = token.text, self.values.pop()
        if sign == "%":
            following = self.tokens[self.position]
            if following.kind in ("number", "name", "superscript") or following.text in ("(", "[", "√"):
                self._fail("after % an operator must follow", following.at)
        self._push(Node("factorial" if sign == "!" else sign, (operand,), token.at))
        return False

    def _keyword(self, token: Token) -> bool:
        word, frame = token.text, self._frame()
        if not self.limits.keywords:
            self._fail(f"{word!r} has no place in typed text", token.at)
        if word in ("and", "or"):
            self._infix(_Operator(word, _INFIX[word][0], token.at), False)
            return True
        if word == "for" and not frame.binder and not frame.items and self._binds(frame):
            self._reduce(0, token.at)
            variable, joint = self.tokens[self.position], self.tokens[self.position + 1]
            if variable.kind != "name" or joint.text != "in":
                self._fail("a binder reads `for name in …`", token.at)
            frame.binder = [self.values.pop(), Node("name", (variable.text,), variable.at)]
            frame.stage = "domain"
            self.position += 2
            return True
        if word == "if" and frame.stage == "domain":
            self._reduce(0, token.at)
            frame.binder.append(self.values.pop())
            frame.stage = "condition"
            return True
        self._fail(f"{word!r} has no place here", token.at)

    def _binds(self, frame: _Frame) -> bool:
        return frame.kind == "[" or (frame.kind == "call" and frame.function in BINDERS)

    # -- brackets -------------------------------------------------------------------------------

    def _separate(self, token: Token) -> bool:
        frame = self._frame()
        if frame.kind not in ("call", "[", "index") or frame.binder or frame.axis:
            self._fail(f"{token.text!r} has no meaning here", token.at)
        if token.text == ";" and frame.kind != "[":
            self._fail("';' separates the rows of a matrix [1, 2; 3, 4]", token.at)
        self._reduce(0, token.at)
        frame.items.append(self.values.pop())
        if len(frame.items) > self.limits.side and frame.kind != "call":
            self._fail(f"more than {self.limits.side} entries in a row", token.at)
        if token.text == ";":
            frame.rows.append(self._made(Node("list", tuple(frame.items), frame.at)))
            frame.items = []
        return True

    def _close(self, token: Token) -> bool:
        frame = self._frame()
        if not frame.kind or _CLOSES[frame.kind] != token.text:
            opened = f" (open is {frame.kind.replace('call', '(').replace('index', '[')!r})" if frame.kind else ""
            self._fail(f"{token.text!r} closes nothing{opened}", token.at)
        self._reduce(0, token.at)
        self.operators.pop()
        last = self.values.pop()
        if frame.binder:
            body, variable, *domain = frame.binder
            condition = [last] if frame.stage == "condition" else []
            last = self._made(Node("for", (variable, *(domain or [last]), body, *condition), frame.at))
        if frame.axis:
            last = self._made(Node("axis", (last,), token.at))
        items = (*frame.items, last)
        self._push(self._bracketed(frame, items, token))
        return False

    def _bracketed(self, frame: _Frame, items: tuple[Node, ...], token: Token) -> Node:
        if frame.kind == "(":
            return items[0]
        if frame.kind == "|":
            return Node("abs", items, frame.at)
        if frame.kind == "‖":
            return Node("norm", items, frame.at)
        if frame.kind == "index":
            base = self.values.pop()
            if any(item.head == "neg" for item in items):
                self._fail("an index counts from the front: no negative ones", items[0].at)
            return Node("index", (base, *items), frame.at)
        if frame.kind == "[":
            if len(items) > self.limits.side or len(frame.rows) >= self.limits.side:
                self._fail(f"more than {self.limits.side} entries", token.at)
            if not frame.rows:
                return Node("list", items, frame.at)
            rows = (*frame.rows, self._made(Node("list", items, frame.at)))
            if len({len(row.args) for row in rows}) > 1:
                self._fail("the rows of this matrix differ in length", frame.at)
            return Node("matrix", rows, frame.at)
        least, most = self.arity[frame.function]
        if not least <= len(items) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            self._fail(f"{frame.function} takes {wanted} argument{'s' * (wanted != '1')}, not {len(items)}", frame.at)
        call = Node(frame.function, items, frame.at)
        return Node("^", (self._made(call), self._made(number(frame.power))), frame.at) if frame.power else call

    # -- stacks ---------------------------------------------------------------------------------

    def _frame(self) -> _Frame:
        for entry in reversed(self.operators):
            if isinstance(entry, _Frame):
                return entry
        raise AssertionError("the outermost frame is never popped")

    def _top_is_frame(self) -> bool:
        return isinstance(self.operators[-1], _Frame)

    def _reduce(self, precedence: float, at: int) -> None:
        while isinstance(top := self.operators[-1], _Operator) and top.precedence >= precedence:
            self.operators.pop()
            self._combine(top)

    def _combine(self, operator: _Operator) -> None:
        right = self.values.pop()
        if operator.prefix:
            head = {"-": "neg", "√": "sqrt", "not": "not"}[operator.sign]
            self._push(Node(head, (right,), operator.at))
            return
        left = self.values.pop()
        self._push(Node(operator.sign, (left, right), operator.at))

    def _push(self, node: Node) -> None:
        self.values.append(self._made(node))

    def _made(self, node: Node) -> Node:
        self.count += 1
        if self.count > self.limits.nodes:
            self._fail(f"more than {self.limits.nodes:,} operations", node.at)
        if self.limits.depth is not None:
            children = [child for child in node.args if isinstance(child, Node)]
            depth = 1 + max((self.depths[id(child)] for child in children if id(child) in self.depths), default=0)
            if depth > self.limits.depth:
                self._fail(f"nested more than {self.limits.depth} deep", node.at)
            self.depths[id(node)] = depth
        return node

    def _fail(self, message: str, at: int) -> NoReturn:
        raise ExpressionError(message, self.text, at)
