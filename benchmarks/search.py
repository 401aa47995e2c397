"""How long a query takes among 1,000 generated files: the first time, with the index made, and after a change.

Usage: python benchmarks/search.py [FILES]. Prints a Markdown table; exit code 1 if a warm query misses its target.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from revise.commands.search import sources
from revise.search import Query, search
from revise.search.cache import cache_file, open_index
from revise.topic import open_library

TARGET_MS = 50.0
QUERIES = ["convolution", "stride padding", "卷积", "normalization", "convolutoin strde", "the weights of a gradient",
           "学习率怎么选", "backpropogation through time", "co", "word1234 w", "nothingofthekind"]  # fmt: skip
COMMON = """the of a weights gradient loss layer input output training network learning rate batch normalisation
convolution stride padding kernel filter softmax entropy attention dropout momentum policy value reward""".split()
HAN = "卷积神经网络梯度下降学习率损失函数注意力机制归一化策略价值奖励"


def page(number: int, chance: random.Random) -> str:
    """A page of some 1,200 words with headings, formulas, Chinese and cards."""
    rare = [f"word{chance.randrange(20_000)}" for _ in range(80)]

    def sentence() -> str:
        words = [chance.choice(COMMON if chance.random() < 0.6 else rare) for _ in range(chance.randint(8, 18))]
        at = chance.randrange(len(HAN) - 4)
        return f"{' '.join(words)} $\\frac{{a_{{{number}}}}}{{\\sigma}}$ {HAN[at : at + 4]}."

    names = f'"{chance.choice(COMMON)} {chance.choice(rare)}", "{HAN[number % 20 : number % 20 + 3]}"'
    parts = [f'+++\nid = "topic-{number}"\ntitle = "Topic {rare[0]}"\naliases = [{names}]\n+++\n']
    for section in ("Summary", "Formulas", "By hand", "Compare", "Traps"):
        parts.append(f"## {section}\n\n" + "".join(f"{sentence()} {sentence()}\n\n" for _ in range(6)))
        parts.append(f"### {chance.choice(COMMON)} {chance.choice(rare)}\n\n{sentence()}\n\n")
    parts.append("## Cards\n\n")
    parts += [f"### card-{card} {{basic level=1}}\nQ: {sentence()}\nA: {sentence()}\n\n" for card in range(15)]
    return "".join(parts)


def milliseconds(query: str, own: Path, cache: Path) -> float:
    """Files listed, the index opened and brought up to date, the query answered."""
    started = time.perf_counter()
    library = open_library([own])
    search(open_index(sources(library), cache_file(cache, [library.root, own])), Query.of([query]))
    return (time.perf_counter() - started) * 1000


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        own, cache = Path(folder) / "own", Path(folder) / "cache"
        for number in range(count):
            path = own / f"part-{number % 10}" / f"topic-{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(number, chance), encoding="utf-8")
        size = sum(path.stat().st_size for path in own.glob("*/*.md"))
        cold = milliseconds(QUERIES[0], own, cache)
        print(
            f"{count} files, {size / 1e6:.1f} MB; index {sum(it.stat().st_size for it in cache.iterdir()) / 1e6:.1f} MB"
        )
        print(f"\n| query | ms |\n|---|---|\n| first, the index is made | {cold:.0f} |")
        path.write_text(page(count, chance), encoding="utf-8")
        print(f"| one file changed | {milliseconds(QUERIES[0], own, cache):.0f} |")
        worst = 0.0
        for query in QUERIES:
            median = statistics.median(milliseconds(query, own, cache) for _ in range(7))
            worst = max(worst, median)
            print(f"| {query} | {median:.1f} |")
    print(f"\nslowest warm query: {worst:.1f} ms, target {TARGET_MS:g}")
    return 0 if worst < TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
