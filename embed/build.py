"""Freezes embed/loader.js as embed/pinned/<hash>.js and names it in embed/current.txt.

`make loader` runs it after the source has changed. Earlier builds stay for ever: pages that name one
with `integrity="sha384-…"` load exactly those bytes.

rjsmin drops comments and blanks; `shortened` then gives local names one letter. It is no JavaScript
parser, so the source keeps to four rules: object keys are written out (`{ title: title }`), a local
never has the name of a global, names are declared by `let`, `const` or arrow parameters, and there
are no template strings. The browser tests run what this makes, not the source.
"""

import gzip
import hashlib
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from rjsmin import jsmin

FOLDER = Path(__file__).resolve().parent
LIMIT = 2048
LETTERS = "etnsoiarclduhmfpgyvbwkxzjqETNSOIARCLDUHMFPGYVBWKXZJQ$_"

# Strings, regular expressions (after what cannot end a value), names, anything else.
TOKEN = re.compile(
    r"""("[^"]*"|(?<=[(,=:!&|?])/(?:\\.|\[[^\]]*\]|[^/\n])+/|[A-Za-z_$][\w$]*|\.{3}|\s+|[^"])""",
    re.DOTALL,
)
NAME = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass
class Local:
    """A local name: where it is read or written, and the stretches in which it is declared."""

    places: list[int] = field(default_factory=list)
    scopes: list[range] = field(default_factory=list)

    def clashes(self, other: "Local") -> bool:
        """Whether one short name for both could mean the wrong one somewhere."""
        return any(p in s for p in self.places for s in other.scopes) or any(
            p in s for p in other.places for s in self.scopes
        )


def brackets(tokens: list[str]) -> dict[int, int]:
    """Where each opening bracket closes."""
    open_at, pairs = [], {}
    for place, token in enumerate(tokens):
        if token in {"(", "[", "{"}:
            open_at.append(place)
        elif token in {")", "]", "}"}:
            pairs[open_at.pop()] = place
    return pairs


def declarations(tokens: list[str], pairs: dict[int, int]) -> dict[str, list[range]]:
    """The names that code declares, and the stretch of each declaration (or somewhat more)."""
    found = defaultdict(list)

    def around(place: int, kinds: str) -> range:
        inside = [a for a, b in pairs.items() if a < place < b and tokens[a] in kinds]
        return range(max(inside), pairs[max(inside)] + 1) if inside else range(len(tokens))

    def names_in(first: int, last: int) -> list[str]:
        """The bound names of a parameter list or a pattern: `a,b`, `type:kind,...rest`."""
        inner = "".join(tokens[first:last]).replace("...", "").split(",")
        return [part.split(":")[-1].split("=")[0].strip() for part in inner if part.strip()]

    for place, token in enumerate(tokens):
        if token in {"let", "const"}:
            here = place + 1
            while tokens[here].isspace():
                here += 1
            scope = around(place, "{")
            if tokens[here] == "{":
                for name in names_in(here + 1, pairs[here]):
                    found[name].append(scope)
                continue
            found[tokens[here]].append(scope)
            while tokens[here + 1] == "," and NAME.fullmatch(tokens[here + 2]):
                here += 2  # let a,b,c;
                found[tokens[here]].append(scope)
        elif token == "=" and tokens[place + 1 : place + 2] == [">"]:
            start = place - 1
            if tokens[start] == ")":
                start = next(a for a, b in pairs.items() if b == start)
                names = names_in(start + 1, place - 1)
            else:
                names = [tokens[start]]
            body = place + 2
            end = pairs[body] + 1 if tokens[body] == "{" else around(start, "({[").stop
            for name in names:
                found[name].append(range(start, end))
    return dict(found)


def shortened(code: str) -> str:
    """The same minified code with short local names, reused where they cannot be confused."""
    tokens = TOKEN.findall(code)
    found = declarations(tokens, brackets(tokens))
    locals_ = {name: Local(scopes=scopes) for name, scopes in found.items()}
    for place, token in enumerate(tokens):
        if token not in locals_ or tokens[place - 1] == ".":
            continue
        if tokens[place - 1] in {"{", ","} and tokens[place + 1] == ":":
            continue  # the key of an object
        if tokens[place - 1] == "{" and tokens[place + 1] in {",", "}"}:
            sys.exit(f"embed/loader.js: write {{ {token}: {token} }} out")
        locals_[token].places.append(place)
    taken: dict[str, list[Local]] = defaultdict(list)
    for local in sorted(locals_.values(), key=lambda local: -len(local.places)):
        short = next(c for c in LETTERS if not any(local.clashes(other) for other in taken[c]))
        taken[short].append(local)
        for place in local.places:
            tokens[place] = short
    return "".join(tokens)


def joined(code: str) -> str:
    """The same minified code with neighbouring declarations in one `let`."""
    out: list[str] = []
    declaring = [False]  # by depth of brackets: whether the statement before was a declaration
    for token in TOKEN.findall(code):
        if token == "let" and out[-1:] == [";"] and declaring[-1]:
            out[-1] = ","
            continue
        if token.isspace() and out[-1] == ",":
            continue
        if token == "let":
            declaring[-1] = True
        elif out[-1:] == [";"]:
            declaring[-1] = False
        if token in {"(", "[", "{"}:
            declaring.append(False)
        elif token in {")", "]", "}"}:
            declaring.pop()
        out.append(token)
    return "".join(out)


def minified() -> bytes:
    """The bytes served for today's source."""
    code = str(jsmin((FOLDER / "loader.js").read_text(encoding="utf-8"))).replace("\n", "")
    code = re.sub(r"\bconst\b", "let", shortened(code)).replace('"+"', "")
    code = joined(code).replace(";}", "}").replace(",}", "}")
    return re.sub(r"(?<!\w)\(([\w$]+)\)=>", r"\1=>", code).strip(";").encode()


def name_of(build: bytes) -> str:
    """The name a build is frozen under: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(build).hexdigest()[:16]


def weight(build: bytes) -> int:
    """How many bytes a browser fetches: the size after gzip -9."""
    return len(gzip.compress(build, 9, mtime=0))


def freeze() -> str:
    """Write today's build beside the earlier ones; returns one line on what was done."""
    build = minified()
    name = name_of(build)
    if weight(build) > LIMIT:
        sys.exit(f"The loader has {weight(build)} bytes after gzip; it may have {LIMIT}.")
    (FOLDER / "pinned").mkdir(exist_ok=True)
    (FOLDER / "pinned" / f"{name}.js").write_bytes(build)
    (FOLDER / "current.txt").write_text(name + "\n", encoding="utf-8")
    return f"embed/pinned/{name}.js: {len(build)} bytes, {weight(build)} after gzip\n"


if __name__ == "__main__":
    sys.stdout.write(freeze())
