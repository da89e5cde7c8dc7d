"""Lets PyTorch's stock Linux wheel, which is linked against CUDA, be used on the CPU without gigabytes of CUDA packages.

In: the folder torch/lib of an installed wheel, a C compiler and readelf. Out: one small library in that folder, under
the names of the CUDA libraries that the wheel wants and that aren't there; each of its functions answers "error 100", which
is CUDA's "no device". So `torch.cuda.is_available()` is false, and everything on the CPU is as it always is.

Usage: python cuda_stubs.py .../site-packages/torch/lib
"""

import pathlib
import re
import subprocess
import sys
import tempfile

WANTED = re.compile(r"lib(cu|nccl|nvrtc|nvshmem)[^/]*\.so\.\d+$")
NAMES = re.compile(r"_*(cu|nccl|nvrtc|nvshmem)")
# Loaded only by GPU code, when it is first used; they need no stub, and import works without them.
LATE = {"libtorch_cuda_linalg.so", "libcaffe2_nvrtc.so"}


def read(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


def wanted_by(library):
    """Names of the CUDA libraries that it is linked against, and the CUDA symbols that it takes from them."""
    needed = {n for n in re.findall(r"\(NEEDED\).*\[(.*)\]", read("-d", str(library))) if WANTED.match(n)}
    symbols = set()
    for line in read("--dyn-syms", str(library)).splitlines():
        columns = line.split()
        if len(columns) >= 8 and columns[6] == "UND" and NAMES.match(columns[7]):
            name, _, version = columns[7].partition("@")
            symbols.add((name, version.lstrip("@"), columns[3] == "OBJECT"))
    return needed, symbols


def source(symbols):
    """C for the symbols: functions return 100, those for messages a text, data is zeros."""
    lines = ["typedef long word;"]
    for name, _, is_data in sorted(symbols):
        if is_data:
            lines.append(f"char {name}[4096];")
        elif re.search(r"Get\w*(String|ErrorName)$", name):
            lines.append(f'const char *{name}(void) {{ return "CUDA is not installed"; }}')
        else:
            lines.append(f"word {name}(void) {{ return 100; }}")
    return "\n".join(lines)


def version_script(symbols):
    lines = []
    for version in sorted({v for _, v, _ in symbols if v}):
        lines.append(f"{version} {{ global: {' '.join(n + ';' for n, v, _ in sorted(symbols) if v == version)} }};")
    return "\n".join(lines)


def main():
    folder = pathlib.Path(sys.argv[1])
    needed, symbols = set(), set()
    for library in folder.glob("*.so"):
        if library.name not in LATE:
            more, found = wanted_by(library)
            needed |= more
            symbols |= found
    if not needed:
        return print("this PyTorch does without CUDA: nothing to do")
    with tempfile.TemporaryDirectory() as work:
        c, script = pathlib.Path(work, "stub.c"), pathlib.Path(work, "versions")
        c.write_text(source(symbols))
        script.write_text(version_script(symbols))
        out = folder / "libcuda_absent.so"
        options = ["-shared", "-fPIC", "-w", "-fno-builtin", "-Wl,-soname,libcuda_absent.so"]
        options += [f"-Wl,--version-script={script}"] if script.stat().st_size else []
        subprocess.run(["cc", *options, str(c), "-o", str(out)], check=True)
    for name in needed:
        place = folder / name
        if not place.exists():
            place.symlink_to(out.name)
    print(f"{len(symbols)} symbols of {len(needed)} CUDA libraries answer: no device")


main()
