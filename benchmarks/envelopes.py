"""Envelopes without signatures: into the model and out of it, and 100 MB read and hashed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from letters import KIB, MIB
from measuring import OURS, compare, peak, show
from plain import Lxml, Xsdata, canonical_digest

from docexchange import Envelope

if TYPE_CHECKING:
    from pathlib import Path

    from letters import Bench

SMALL, LARGE = 4 * KIB, 100 * MIB
TIMES = 300
CANONICAL = "lxml, c14n, SHA-256"


def read_whole(path: Path) -> None:
    """Ours: every attachment is decoded, checked and hashed while it is read."""
    envelope = Envelope.read(path)
    assert all(item.sha256 for item in envelope.message.attachments)


WHOLE = {OURS: read_whole, CANONICAL: canonical_digest}


def measure_small(bench: Bench, rounds: int) -> None:
    document = bench.document(SMALL)
    data = b"".join(Envelope.of(document).chunks())
    peers = (Lxml(), Xsdata())
    models = {peer.name: peer.read(data) for peer in peers}
    assert len({repr(Lxml().read(peer.write(models[peer.name]))) for peer in peers}) == 1
    read = {OURS: lambda: Envelope.from_bytes(data)}
    read |= {peer.name: lambda p=peer: p.read(data) for peer in peers}
    write = {OURS: lambda: b"".join(Envelope.of(document).chunks())}
    write |= {peer.name: lambda p=peer: p.write(models[p.name]) for peer in peers}
    for action, work in (("read", read), ("write", write)):
        taken = compare(work, TIMES, rounds)
        show(f"{action} 4 KB ({len(data):,} bytes), not signed", taken, len(data), {})


def measure_large(bench: Bench, rounds: int) -> None:
    path = large_letter(bench)
    size = path.stat().st_size
    taken = compare({name: lambda w=work: w(path) for name, work in WHOLE.items()}, 1, rounds)
    peaks = {name: peak(bench.kind, "read", name, LARGE, bench.folder) for name in WHOLE}
    show(f"read 100 MB ({size:,} bytes), every attachment decoded and hashed", taken, size, peaks)


def large_letter(bench: Bench) -> Path:
    path = bench.folder / "letter-not-signed.edxml"
    if not path.exists():
        Envelope.of(bench.document(LARGE)).write_to(path)
    return path


def once(bench: Bench, name: str) -> None:
    WHOLE[name](large_letter(bench))
