"""Freezes embed/loader.js as embed/pinned/<hash>.js and names it in embed/current.txt.

`make loader` runs it after the source has changed. Earlier builds stay for ever: pages that name
one with `integrity="sha384-…"` load exactly those bytes.

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
# In the order that compressed best when this was tried; any order works.
LETTERS = "roteyINisdnSacJMwfpATluPVLUvRmjxg_hbkFEHOCzD$YQKqZGBWX"

# Strings, regular expressions (after what cannot end a value), names, anything else.
PIECE = re.compile(
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


def brackets(pieces: list[str]) -> dict[int, int]:
    """Where each opening bracket closes."""
    open_at, pairs = [], {}
    for place, piece in enumerate(pieces):
        if piece in {"(", "[", "{"}:
            open_at.append(place)
        elif piece in {")", "]", "}"}:
            pairs[open_at.pop()] = place
    return pairs


def declarations(pieces: list[str], pairs: dict[int, int]) -> dict[str, list[range]]:
    """The names that code declares, and the stretch of each declaration (or somewhat more)."""
    found = defaultdict(list)

    def around(place: int, kinds: str) -> range:
        inside = [a for a, b in pairs.items() if a < place < b and pieces[a] in kinds]
        return range(max(inside), pairs[max(inside)] + 1) if inside else range(len(pieces))

    def names_in(first: int, last: int) -> list[str]:
        """The bound names of a parameter list or a pattern: `a,b`, `type:kind,...rest`."""
        inner = "".join(pieces[first:last]).replace("...", "").split(",")
        return [part.split(":")[-1].split("=")[0].strip() for part in inner if part.strip()]

    for place, piece in enumerate(pieces):
        if piece in {"let", "const"}:
            here = place + 1
            while pieces[here].isspace():
                here += 1
            scope = around(place, "{")
            if pieces[here] == "{":
                for name in names_in(here + 1, pairs[here]):
                    found[name].append(scope)
                continue
            found[pieces[here]].append(scope)
            while pieces[here + 1] == "," and NAME.fullmatch(pieces[here + 2]):
                here += 2  # let a,b,c;
                found[pieces[here]].append(scope)
        elif piece == "=" and pieces[place + 1 : place + 2] == [">"]:
            start = place - 1
            if pieces[start] == ")":
                start = next(a for a, b in pairs.items() if b == start)
                names = names_in(start + 1, place - 1)
            else:
                names = [pieces[start]]
            body = place + 2
            end = pairs[body] + 1 if pieces[body] == "{" else around(start, "({[").stop
            for name in names:
                found[name].append(range(start, end))
    return dict(found)


def shortened(code: str) -> str:
    """The same minified code with short local names, reused where they cannot be confused."""
    pieces = PIECE.findall(code)
    found = declarations(pieces, brackets(pieces))
    locals_ = {name: Local(scopes=scopes) for name, scopes in found.items()}
    for place, piece in enumerate(pieces):
        if piece not in locals_ or pieces[place - 1] == ".":
            continue
        if pieces[place - 1] in {"{", ","} and pieces[place + 1] == ":":
            continue  # the key of an object
        if pieces[place - 1] == "{" and pieces[place + 1] in {",", "}"}:
            sys.exit(f"embed/loader.js: write {{ {piece}: {piece} }} out")
        locals_[piece].places.append(place)
    taken: dict[str, list[Local]] = defaultdict(list)
    for local in sorted(locals_.values(), key=lambda local: -len(local.places)):
        short = next(c for c in LETTERS if not any(local.clashes(other) for other in taken[c]))
        taken[short].append(local)
        for place in local.places:
            pieces[place] = short
    return "".join(pieces)


def joined(code: str) -> str:
    """The same minified code with neighbouring declarations in one `let`."""
    out: list[str] = []
    declaring = [False]  # by depth of brackets: whether the statement before was a declaration
    for piece in PIECE.findall(code):
        if piece == "let" and out[-1:] == [";"] and declaring[-1]:
            out[-1] = ","
            continue
        if piece.isspace() and out[-1] == ",":
            continue
        if piece == "let":
            declaring[-1] = True
        elif out[-1:] == [";"]:
            declaring[-1] = False
        if piece in {"(", "[", "{"}:
            declaring.append(False)
        elif piece in {")", "]", "}"}:
            declaring.pop()
        out.append(piece)
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
