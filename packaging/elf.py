"""What a Linux program needs of the system it runs on, read out of its own header."""

import re
import struct
from dataclasses import dataclass, field

MACHINES = {62: "x86-64", 183: "aarch64"}
LOAD, DYNAMIC = 1, 2
NEEDED, STRTAB, VERNEED, VERNEEDNUM = 1, 5, 0x6FFFFFFE, 0x6FFFFFFF
# Debian's package for each library of the C compiler and runtime.
PACKAGES = {
    r"libc\.so\.6|libm\.so\.6|libdl\.so\.2|libpthread\.so\.0|librt\.so\.1|ld-linux-.*\.so\.\d": "libc6",
    r"libgcc_s\.so\.1": "libgcc-s1",
}


class NotElf(ValueError):
    """Not a 64-bit little-endian ELF file."""


@dataclass
class Elf:
    """The machine it is for, the shared libraries it needs, and the newest glibc symbol version among them."""

    machine: str
    libraries: list = field(default_factory=list)
    glibc: tuple = ()


def read(data):
    """Reads the program header, and of the dynamic section what the loader would have to find."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise NotElf("no 64-bit little-endian ELF header")
    (machine,) = struct.unpack_from("<H", data, 18)
    (start,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    found = Elf(MACHINES.get(machine, f"machine {machine}"))
    headers = [struct.unpack_from("<IIQQQQ", data, start + size * at) for at in range(count)]

    def offset(address):
        for kind, _, where, virtual, _, length in headers:
            if kind == LOAD and virtual <= address < virtual + length:
                return address - virtual + where
        raise NotElf("an address that is in no segment")

    def text(at):
        return data[at : data.index(b"\0", at)].decode()

    entries = []
    for kind, _, where, _, _, length in headers:
        if kind == DYNAMIC:
            entries += [struct.unpack_from("<QQ", data, at) for at in range(where, where + length, 16)]
    values = dict(entries)
    if STRTAB not in values:
        return found
    strings = offset(values[STRTAB])
    found.libraries = [text(strings + value) for tag, value in entries if tag == NEEDED]
    at = offset(values[VERNEED]) if VERNEED in values else 0
    for _ in range(values.get(VERNEEDNUM, 0)):
        _, parts, _, first, following = struct.unpack_from("<HHIII", data, at)
        part = at + first
        for _ in range(parts):
            _, _, _, name, more = struct.unpack_from("<IHHII", data, part)
            if version := re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", text(strings + name)):
                found.glibc = max(found.glibc, (int(version[1]), int(version[2])))
            part += more
        at += following
    return found


def debian_dependencies(found):
    """The `Depends` of a package that holds it."""
    packages = set()
    for library in found.libraries:
        package = next((name for pattern, name in PACKAGES.items() if re.fullmatch(pattern, library)), None)
        if package is None:
            raise SystemExit(f"packaging/elf: no package is known for {library}")
        packages.add(package)
    newest = f" (>= {found.glibc[0]}.{found.glibc[1]})" if found.glibc else ""
    return ", ".join(name + newest if name == "libc6" else name for name in sorted(packages))
