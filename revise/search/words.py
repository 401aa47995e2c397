"""Text → terms: spelling, case, width, accents and plurals folded; Chinese as overlapping pairs of characters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"""
      \\(?:begin|end)\s*\{{[^{{}}]*\}}
    | \\(?P<tex>[A-Za-z]+)
    | (?P<han>[{_HAN}]+)
    | (?P<word>[^\W_{_HAN}]+(?:[-\u2010\u2011'’][^\W_{_HAN}]+)*)
    """,
    re.VERBOSE,
)
_HAN_RUN = re.compile(f"[{_HAN}]+")
_SCRIPT = "\u00b2\u00b3\u00b9\u2070-\u209c\u1d2c-\u1d6a"
# Between the parts of a word: a joint, or where an exponent or an index begins (F² is F and 2, as in TeX).
_JOINTS = re.compile(f"[-\u2010\u2011'’]|(?<=[^{_SCRIPT}])(?=[{_SCRIPT}])")
_LAYOUT = frozenset(
    "frac dfrac tfrac left right big Big bigg Bigg text textbf textit mathrm mathbf mathbb mathcal mathit mathsf "
    "boldsymbol operatorname quad qquad cdot ldots dots cdots vdots ddots displaystyle limits nolimits substack "
    "boxed underbrace overbrace underset overset label tag mid middle bigl bigr Bigl Bigr hline".split()
)
STOP = frozenset(
    "a an and are as at be by can do does for from how in is it its many much of on or that the their this to was "
    "what when which why with you your i my me 的 了 是 吗".split()
)
"""Words of a question that say nothing; they are dropped unless there is nothing else."""

# British → American, after the plural is gone; both sides fold, so that it matters only what falls together.
_SPELLINGS = [
    (re.compile(r"(?<=[a-z]{2})is(?=(?:e|ed|er|ing|able|ation|ational)$)"), "iz"),
    (re.compile(r"lys(?=(?:e|ed|er|ing)$)"), "lyz"),
    (re.compile(r"^(col|neighb|behavi|fav|hon|lab|flav|harb|hum|vap|rum|endeav|arm|rig|vig)our"), r"\1or"),
    (re.compile(r"^((?:kilo|centi|milli)?met|cent|lit|fib|calib|spect|theat)r(e|ed)$"), r"\1er"),
    (re.compile(r"^(mode|labe|trave|cance|signa|channe|leve|tota|tunne|fue|dia|exce)ll(?=(?:ed|ing|er)$)"), r"\1l"),
    (re.compile(r"^(catal|dial|anal|monol|prol|epil)ogue$"), r"\1og"),
    (re.compile(r"^(def|off|pret|lic)enc(?=e|ed$)"), r"\1ens"),
    (re.compile(r"^(program)me"), r"\1"),
    (re.compile(r"^arte(?=fact)"), "arti"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"^(judg|acknowledg)ement"), r"\1ment"),
    (re.compile(r"^practis"), "practic"),
]
_PLURALS = [
    (re.compile(r"(?<=[a-z]{2})ies$"), "y"),
    (re.compile(r"(?:(?<=ss)|(?<=x)|(?<=ch)|(?<=sh)|(?<=bias))es$"), ""),
    (re.compile(r"(?<=matri)ces$"), "x"),
    (re.compile(r"(?<=[a-z]{2}[^aius])s$"), ""),
    (re.compile(r"(?<=[a-z]{3}a)s$(?<!bias)(?<!atlas)(?<!alias)"), ""),
]


def tokens(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(start, end, terms) of each word, TeX command and run of Chinese in `text`.

    A compound (`max-pooling`) has its parts and then the whole without the hyphen; a run of Chinese its pairs of
    characters, and its last character alone.
    """
    for match in _TOKEN.finditer(text):
        if match["word"]:
            yield match.start(), match.end(), _parts(match["word"])
        elif match["han"]:
            yield match.start(), match.end(), pairs(match["han"])
        elif match["tex"] and match["tex"] not in _LAYOUT:
            yield match.start(), match.end(), (fold(match["tex"]),)


def terms(text: str) -> list[str]:
    """The terms of `text` in order."""
    return [term for _, _, found in tokens(text if text.isascii() else unicodedata.normalize("NFC", text))
            for term in found]  # fmt: skip


def is_han(word: str) -> bool:
    return _HAN_RUN.fullmatch(word) is not None


def pairs(run: str) -> tuple[str, ...]:
    """Overlapping pairs, then the last character: a prefix search for one character finds it anywhere."""
    return (*(run[at : at + 2] for at in range(len(run) - 1)), run[-1])


def _parts(word: str) -> tuple[str, ...]:
    parts = _JOINTS.split(word)
    if len(parts) == 1:
        return (fold(word),)
    if parts[-1].lower() == "s":
        parts = parts[:-1]
    folded = tuple(fold(part) for part in parts)
    return folded if len(parts) == 1 else (*folded, fold("".join(parts)))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """What a word is compared by: `Normalisations` and `normalization` are one, as are σ and sigma."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word)
        word = "".join(_letter(sign) for sign in word if not unicodedata.combining(sign))
    word = word.casefold()
    if len(word) > 3:
        for pattern, instead in _PLURALS:
            word, count = pattern.subn(instead, word)
            if count:
                break
        for pattern, instead in _SPELLINGS:
            word = pattern.sub(instead, word)
    return word


def _letter(sign: str) -> str:
    """A Greek letter by its name, any other sign as it stands."""
    if not "\u0370" <= sign <= "\u03ff":
        return sign
    return unicodedata.name(sign, sign).rpartition(" ")[2].lower().replace("lamda", "lambda")


def one_typo(word: str) -> set[str]:
    """Folded words that `word` could have been meant as: one letter missing, doubled, wrong or two swapped."""
    swaps = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    if len(word) < 4:
        return {fold(near) for near in swaps} - {word}
    letters = "abcdefghijklmnopqrstuvwxyz"
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = swaps | {before + after[1:] for before, after in splits if after}
    near |= {before + letter + after[1:] for before, after in splits if after for letter in letters}
    near |= {before + letter + after for before, after in splits for letter in letters}
    return {fold(word) for word in near} - {word}
