"""profiles.yml: made from the example, kept up to date for the embedded server, read for every target."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import yaml

from sonic.errors import SonicError, UsageError
from sonic.paths import PROJECT, Home, write_private

PROFILE = "sonic_warehouse"
EMBEDDED = "embedded"
EXAMPLE = PROJECT / "profiles.example.yml"


@dataclass(frozen=True)
class Output:
    """One output of the profile, with its environment variables filled in."""

    name: str
    settings: dict[str, Any] = field(repr=False)

    @property
    def kind(self) -> str:
        """The adapter's name: postgres or duckdb."""
        return str(self.settings.get("type", ""))

    def require(self, *names: str) -> tuple[str, ...]:
        """The settings of these names as text; an error names the first that is missing."""
        for name in names:
            if self.settings.get(name) in (None, ""):
                raise SonicError(
                    f"Output {self.name!r} of the profile has no {name}",
                    "profiles.yml",
                    f"Add it; {EXAMPLE.name} shows how.",
                )
        return tuple(str(self.settings[name]) for name in names)


def folder(home: Home) -> Path:
    """Where profiles.yml lies: `$DBT_PROFILES_DIR`, the project for the usual state folder, else the state folder."""
    given = os.environ.get("DBT_PROFILES_DIR", "").strip()
    if given:
        return Path(given).expanduser().resolve()
    return PROJECT if home.is_default else home.root


def ensure(home: Home) -> Path:
    """Makes profiles.yml from the example unless there is one."""
    path = folder(home) / "profiles.yml"
    if not path.exists():
        write_private(path, EXAMPLE.read_text(encoding="utf-8"))
    return path


def fill_embedded(home: Home, *, port: int, password: str) -> None:
    """Writes the embedded server's port and password into its output; all else in the file stays as it is."""
    path = ensure(home)
    before = path.read_text(encoding="utf-8")
    after = _with_settings(before, EMBEDDED, {"port": str(port), "password": f'"{password}"'})
    if after != before:
        write_private(path, after)


def _with_settings(text: str, output: str, values: dict[str, str]) -> str:
    """`text` with plain settings of one output replaced, line by line, so that comments survive."""
    lines = text.split("\n")
    depth: int | None = None
    ours = False
    for number, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if indent == 0:
            ours = line.split(":")[0].strip() == PROFILE
        if not ours:
            continue
        if depth is None:
            if re.match(rf"\s+{re.escape(output)}\s*:\s*(#.*)?$", line):
                depth = indent
            continue
        if indent <= depth:
            break
        match = re.match(r"(\s+)(\w+)\s*:", line)
        if match and match[2] in values:
            lines[number] = f"{match[1]}{match[2]}: {values[match[2]]}"
    return "\n".join(lines)


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise SonicError(
            f"The environment variable {name} is not set",
            "profiles.yml refers to it",
            f"Set it (export {name}=...), or choose another --target.",
        )
    return value


def read(home: Home, name: str | None = None) -> Output:
    """The output `name` of the profile, or its default target; unknown names list the known ones."""
    path = folder(home) / "profiles.yml"
    if not path.exists():
        raise SonicError("The profile is missing", str(path), "Run `sonic setup` to make it from the example.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        outputs = content[PROFILE]["outputs"]
        chosen = name or str(_render(content[PROFILE].get("target", EMBEDDED)))
        known = sorted(outputs)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise SonicError(
            f"The profile cannot be read: {str(error).splitlines()[0]}",
            str(path),
            f"Mend it by the example of {EXAMPLE.name}, or delete it and run `sonic setup`.",
        ) from error
    if chosen not in outputs:
        raise UsageError(f"There is no target {chosen!r}", str(path), f"Known targets: {', '.join(known)}.")
    return Output(chosen, {key: _render(value) for key, value in outputs[chosen].items()})


def _render(value: Any) -> Any:
    if not isinstance(value, str) or "{" not in value:
        return value
    return jinja2.Template(value).render(env_var=_env_var)
