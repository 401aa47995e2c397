"""The order in which people write the terms of a sum and the factors of a product."""

from collections.abc import Sequence
from typing import Any


class Order:
    """Letters as the question gave them, then by the alphabet."""

    def __init__(self, letters: Sequence[str]) -> None:
        self.place = {letter: at for at, letter in enumerate(letters)}

    def terms(self, x: Any) -> list[Any]:
        """Powers of one letter falling or rising, whichever leads with a plus; else what is positive first."""
        letters = sorted(x.free_symbols, key=self._letter)
        terms = sorted(x.args, key=lambda term: self._term(term, letters))
        if len(letters) == 1 and all(map(_monomial, terms)) and any(map(_is_power, terms)):
            if not negative(terms[0]):
                return terms
            if not negative(terms[-1]):
                return terms[::-1]
        return sorted(terms, key=negative)

    def _letter(self, letter: Any) -> tuple[int, str]:
        return self.place.get(letter.name, len(self.place)), letter.name

    def _term(self, term: Any, letters: list[Any]) -> tuple[Any, ...]:
        powers = dict(part.as_base_exp() for part in factors(term))
        falling = tuple(min(0.0, -float(powers[x])) if x in powers and powers[x].is_Rational else 0.0 for x in letters)
        late = 2 if any(base.func.__name__ == "exp" for base in factors(term)) else int(not term.free_symbols)
        return falling, late, text_key(term)

    def factor_key(self, pair: tuple[Any, Any]) -> tuple[Any, ...]:
        base = pair[0]
        kind = 0 if base.is_number else 1 if base.is_Symbol else 2 if base.is_Add else 3
        return kind, self._letter(base) if kind == 1 else (0, text_key(base))


def text_key(x: Any) -> str:
    """Something to settle the rest of an order by, cheap for long expressions."""
    return str(x) if len(x.args) < 8 and x.count_ops() < 60 else f"~{x.count_ops()}"


def factors(term: Any) -> tuple[Any, ...]:
    return tuple(term.args) if term.is_Mul else (term,)


def negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)


def _monomial(term: Any) -> bool:
    bases = [part.as_base_exp() for part in factors(term)]
    return all(base.is_number or (base.is_Symbol and exp.is_Integer and exp > 0) for base, exp in bases)


def _is_power(term: Any) -> bool:
    return any(part.is_Pow for part in factors(term))
