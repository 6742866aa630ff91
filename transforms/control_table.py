"""The table of `README.md` beside this file: which control finds and patches what, where, and by which standard.

It is made from the controls and their examples: a framework is claimed only where an example shows it.
"""

import ast
from collections.abc import Iterable, Mapping

from transforms.api import Bad, Control, Family
from transforms.controls import controls

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
FRAMEWORKS: Mapping[str, str] = {
    "fastapi": "FastAPI",
    "starlette": "Starlette",
    "flask": "Flask",
    "flask_admin": "Flask-Admin",
    "django": "Django",
    "ninja": "Django Ninja",
    "sqlalchemy": "SQLAlchemy",
    "sqlmodel": "SQLModel",
    "mcp": "MCP",
    "streamlit": "Streamlit",
    "gradio": "Gradio",
}
SAME = {"fastmcp": "mcp"}  # packages that one framework module reads


def table() -> str:
    """Markdown: a row for each control, in stacking order, and what each cited standard says."""
    known = controls()
    columns = [name for name in FRAMEWORKS if any(_on(control, name) for control in known)]
    head = [
        "Control",
        "Family",
        "Severity",
        "Any Python",
        *(FRAMEWORKS[name] for name in columns),
        "Patch",
        "Standards",
    ]
    rows = [_row(control, columns) for control in known]
    cited = {standard.id: standard.title for control in known for standard in control.standards}
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        [*(f"| {' | '.join(line)} |" for line in lines), "", *(f"- {each}: {cited[each]}" for each in sorted(cited))]
    )


def with_table(page: str) -> str:
    """The page with the table as it is now between its two marks; raises ValueError where they are missing."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError("the marks of the table are missing")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _row(control: Control, columns: Iterable[str]) -> list[str]:
    cells = [_on(control, name) for name in columns]
    plain = _on(control, None)
    standards = ", ".join(standard.id for standard in control.standards)
    return [
        f"[`{control.id}`](controls/{control.id.replace('-', '_')}.py)",
        Family(control.family).value,
        control.severity.value,
        plain,
        *cells,
        control.patch.value,
        standards,
    ]


def _on(control: Control, framework: str | None) -> str:
    """What the examples show on a framework (None: on code without any): it patches, it finds, or nothing."""
    bad = [example for example in control.examples if isinstance(example, Bad)]
    shown = [example for example in bad if _is_about(example, framework)]
    if any(example.after is not None for example in shown):
        return "patches"
    return "finds" if shown else ""


def _is_about(example: Bad, framework: str | None) -> bool:
    texts = [example.before] if isinstance(example.before, str) else list(example.before.values())
    used = {head for text in texts for head in _imported(text)} & FRAMEWORKS.keys()
    return framework in used if framework is not None else not used


def _imported(text: str) -> set[str]:
    """The packages that a text imports; none for a text that is no Python."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:
        return set()
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    heads = {name.partition(".")[0] for name in plain | named}
    return {SAME.get(head, head) for head in heads}
