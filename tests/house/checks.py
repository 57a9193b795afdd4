"""House rules as functions: each takes a tree and answers what breaks the rule. Tests plant faults in small trees."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROLES = frozenset(
    [
        "routes",
        "schemas",
        "service",
        "queries",
        "policy",
        "rules",
        "models",
        "events",
        "errors",
        "public",
        "subscribers",
        "jobs",
        "realtime",
        "ports",
        "privacy",
    ]
)
EXTRAS = {
    "roles": {"seeds"},
    "reference": {"seeds"},
    "mails": {"templates"},
    "notifications": {"templates"},
    "reports": {"templates"},
}
DOORS = frozenset({"public", "events"})
BANNED_NAMES = frozenset({"utils", "helpers", "common", "util", "helper", "misc"})
MOST_LINES = 400
MOST_FUNCTION_LINES = 50
MOST_DOMAIN_LINES = 2500


def python_files(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*.py")) if "__pycache__" not in path.parts)


def file_names(domains: Path) -> list[str]:
    """A domain's files carry the names of the ladder page."""
    faults = []
    for domain in sorted(path for path in domains.iterdir() if path.is_dir() and path.name != "__pycache__"):
        allowed = ROLES | EXTRAS.get(domain.name, set())
        for entry in sorted(domain.iterdir()):
            name = entry.stem if entry.is_file() else entry.name
            if name not in allowed and name not in ("__init__", "__pycache__"):
                faults.append(f"{domain.name}/{entry.name}: not a file of a domain")
        init = domain / "__init__.py"
        if not init.exists() or not ast.get_docstring(ast.parse(init.read_text())):
            faults.append(f"{domain.name}: its package docstring must say what it owns")
    return faults


def banned_names(root: Path) -> list[str]:
    return [f"{path}: a name that says nothing" for path in python_files(root) if path.stem in BANNED_NAMES]


def sizes(source: Path) -> list[str]:
    """Files up to 400 lines, functions up to 50, domains up to 2,500."""
    faults = []
    totals: dict[str, int] = {}
    for path in python_files(source):
        text = path.read_text()
        lines = len(text.splitlines())
        relative = path.relative_to(source)
        if lines > MOST_LINES and "versions" not in relative.parts:
            faults.append(f"{relative}: {lines} lines")
        if len(relative.parts) > 2 and relative.parts[0] == "domains":
            totals[relative.parts[1]] = totals.get(relative.parts[1], 0) + lines
        if "versions" not in relative.parts:
            faults += [f"{relative}: {fault}" for fault in _long_functions(text)]
    return faults + [f"domain {name}: {lines} lines" for name, lines in totals.items() if lines > MOST_DOMAIN_LINES]


def _long_functions(text: str) -> list[str]:
    return [
        f"{node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
    ]


def imports(path: Path) -> list[str]:
    """Every module that a file imports, also inside functions; relative imports are not used here."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def doors(domains: Path) -> list[str]:
    """A domain reaches another only through its `public` and `events`."""
    faults = []
    for path in python_files(domains):
        own = path.relative_to(domains).parts[0]
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] != ["studyhall", "domains"] or len(parts) < 4 or parts[2] == own:
                continue
            if parts[3] not in DOORS:
                faults.append(f"{path.relative_to(domains)} imports {name}")
    return faults


def commits(source: Path) -> list[str]:
    """Where a transaction is committed."""
    return _calls(source, "commit")


def _calls(source: Path, name: str) -> list[str]:
    found = []
    for path in python_files(source):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                found.append(f"{path.relative_to(source)}:{node.lineno}")
    return found


_CLOCKS = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")


def clocks(source: Path) -> list[str]:
    """Who asks the system for the time instead of the one clock."""
    return [
        f"{path.relative_to(source)}:{number}"
        for path in python_files(source)
        if path.name != "clock.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if _CLOCKS.search(line) and "# wall clock:" not in line
    ]


def environment_readers(source: Path) -> list[str]:
    """Who reads the environment instead of the settings."""
    return [
        f"{path.relative_to(source)}"
        for path in python_files(source)
        if re.search(r"\bos\.(environ\.get|getenv)\b|os\.environ\[", path.read_text())
    ]


def relationships(source: Path) -> list[str]:
    """Relationships that would load by themselves."""
    faults = []
    for path in python_files(source):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "relationship":
                lazy = next((kw.value for kw in node.keywords if kw.arg == "lazy"), None)
                if not (isinstance(lazy, ast.Constant) and lazy.value == "raise"):
                    faults.append(f"{path.relative_to(source)}:{node.lineno}")
    return faults


def addresses_in(lock: Path) -> list[str]:
    """Lines of a requirements file that name a server."""
    return [
        line
        for line in lock.read_text().splitlines()
        if "://" in line or line.startswith(("-i", "--index", "--extra-index"))
    ]
