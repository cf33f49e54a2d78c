"""Every string that is shown to people and marked for translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from config.local.places import ROOT

APPS = ("protection", "alerts", "cases", "dashboards")
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext"}
_TAG = re.compile(r"{%\s*(?:translate|trans)\s+(?P<quote>[\"'])(?P<text>.*?)(?P=quote)")
_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?(?P<options>[^%]*)%}(?P<text>.*?){%\s*endblocktrans",
    re.DOTALL,
)


def translatable() -> dict[str, list[str]]:
    """Each string with the files it is in."""
    found: dict[str, list[str]] = {}
    for path in files():
        strings = _of_python if path.suffix == ".py" else _of_template
        for text in strings(path):
            found.setdefault(text, []).append(str(path.relative_to(ROOT)))
    return found


def files() -> list[Path]:
    ours = [path for app in APPS for path in (ROOT / app).rglob("*.*")]
    ours += (ROOT / "templates").rglob("*.*")
    return sorted(
        path
        for path in ours
        if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts
    )


def _of_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in CALLS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(
                    argument.value, str
                ):
                    yield argument.value


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _of_template(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for tag in _TAG.finditer(text):
        yield tag["text"]
    for block in _BLOCK.finditer(text):
        words = re.sub(r"{{\s*([\w.]+)[^}]*}}", r"%(\1)s", block["text"])
        yield " ".join(words.split()) if "trimmed" in block["options"] else words
