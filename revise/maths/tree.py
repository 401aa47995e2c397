"""The tree a formula is read into; `spaced` says that the source has a blank before the node."""

from collections.abc import Iterator


class Unreadable(Exception):
    """The formula cannot be read whole; the message says why."""


class Node:
    """A part of a formula."""

    __slots__ = ("spaced",)

    def __init__(self) -> None:
        self.spaced = False

    def children(self) -> Iterator["Node"]:
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value


class Atom(Node):
    """A letter, number, sign or word. `limits`: a subscript belongs below it."""

    __slots__ = ("kind", "limits", "text")

    def __init__(self, text: str, kind: str = "ord", limits: bool = False) -> None:
        super().__init__()
        self.text, self.kind, self.limits = text, kind, limits


class Space(Node):
    """At least `cells` blanks."""

    __slots__ = ("cells",)

    def __init__(self, cells: int) -> None:
        super().__init__()
        self.cells = cells


class Row(Node):
    """Things in a line."""

    __slots__ = ("items",)

    def __init__(self, items: list[Node]) -> None:
        super().__init__()
        self.items = items

    def children(self) -> Iterator[Node]:
        return iter(self.items)


class Fraction(Node):
    """`above` over `below`; without a bar it is a binomial coefficient."""

    __slots__ = ("above", "bar", "below")

    def __init__(self, above: Node, below: Node, bar: bool = True) -> None:
        super().__init__()
        self.above, self.below, self.bar = above, below, bar


class Root(Node):
    """A square root, or the `index`-th root."""

    __slots__ = ("body", "index")

    def __init__(self, body: Node, index: Node | None = None) -> None:
        super().__init__()
        self.body, self.index = body, index


class Scripts(Node):
    """A base with a subscript, a superscript and primes; `limits` overrules the base (None: as the base says)."""

    __slots__ = ("base", "limits", "primes", "sub", "sup")

    def __init__(self, base: Node) -> None:
        super().__init__()
        self.base = base
        self.sub: Node | None = None
        self.sup: Node | None = None
        self.primes = 0
        self.limits: bool | None = None


class Fenced(Node):
    """A body between delimiters; an empty string is an invisible delimiter."""

    __slots__ = ("body", "left", "right")

    def __init__(self, left: str, body: Node, right: str) -> None:
        super().__init__()
        self.left, self.body, self.right = left, body, right


class Accent(Node):
    """A body under a mark (or over one: underline)."""

    __slots__ = ("body", "mark", "word")

    def __init__(self, body: Node, mark: str, word: str) -> None:
        super().__init__()
        self.body, self.mark, self.word = body, mark, word


class Stacked(Node):
    """A base with notes above and below it; `brace` draws a brace between (above, below or none)."""

    __slots__ = ("above", "base", "below", "brace")

    def __init__(self, base: Node, above: Node | None, below: Node | None, brace: str = "") -> None:
        super().__init__()
        self.base, self.above, self.below, self.brace = base, above, below, brace


class Named(Node):
    """A name with arguments in brackets: an unknown command, a cancelled term."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: list[Node]) -> None:
        super().__init__()
        self.name, self.arguments = name, arguments

    def children(self) -> Iterator[Node]:
        return iter(self.arguments)


class Boxed(Node):
    """A body in a frame."""

    __slots__ = ("body",)

    def __init__(self, body: Node) -> None:
        super().__init__()
        self.body = body


class Table(Node):
    """Rows of cells. `style` is matrix, array, cases, aligned or lines; `columns` holds l, c, r for an array."""

    __slots__ = ("columns", "rows", "style")

    def __init__(self, rows: list[list[Row]], style: str, columns: str = "") -> None:
        super().__init__()
        self.rows, self.style, self.columns = rows, style, columns

    def children(self) -> Iterator[Node]:
        return (cell for row in self.rows for cell in row)


def depth(tree: Node, limit: int) -> int:
    """How deep the tree is, without recursion; counting stops above `limit`."""
    level, found = [tree], 0
    while level and found <= limit:
        level = [child for node in level for child in node.children()]
        found += 1
    return found
