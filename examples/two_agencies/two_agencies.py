"""Two agencies, two processes, mutual TLS: a letter, its answer, and the evidence of both.

Run it in an empty folder: python two_agencies.py
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

from docexchange import (
    Attachment,
    Document,
    DocumentBuilder,
    Envelope,
    MessageId,
    Node,
    Organization,
    ResponseFor,
    SystemClock,
)
from docexchange.delivery import SQLiteStore
from docexchange.testing import (
    FOUR_TIERS,
    DemoAgency,
    DemoPki,
    free_ports,
    text_pdf,
    write_served_nodes,
)

# The command ``docexchange`` of the Python that runs this script.
DOCEXCHANGE = [sys.executable, "-c", "from docexchange.cli import main; main()"]
COMMUNE = FOUR_TIERS[0]
DISTRICT = replace(FOUR_TIERS[1], parent=None)


class Running:
    """A ``docexchange node run`` in a process of its own; its log is read to know how far it is."""

    def __init__(self, folder: Path) -> None:
        command = [*DOCEXCHANGE, "node", "run", "--node", str(folder)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
        print(f"process {self._process.pid}: docexchange node run --node {folder}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def wait_for(self, *words: str) -> None:
        """Wait for a line of the log with all these words."""
        assert self._process.stderr is not None  # noqa: S101  as asked for above
        if not any(all(word in line for word in words) for line in self._process.stderr):
            sys.exit(f"the node ended before it said {' '.join(words)}")


def letter(sender: DemoAgency, to: DemoAgency, subject: str) -> DocumentBuilder:
    """What both letters have in common."""
    return (
        DocumentBuilder()
        .sender(Organization(sender.organ_id, sender.name))
        .to(Organization(to.organ_id, to.name))
        .code("12", "UBND-VX")
        .promulgated(date(2026, 3, 2))
        .type("Công văn")
        .subject(subject)
        .signer(sender.leader)
        .attach(Attachment.from_bytes(text_pdf(subject, ["..."]), name=f"{subject}.pdf"))
    )


def send(folder: Path, document: Document) -> MessageId:
    """Hand a letter to the node of a folder, which runs in another process and signs and sends."""
    with Node.from_config(folder) as node:
        return node.send(document).message_id


def show(*arguments: str) -> None:
    """Run ``docexchange`` and show what it answers."""
    print(f"\n$ docexchange {' '.join(arguments)}", flush=True)
    subprocess.run([*DOCEXCHANGE, *arguments], check=True)  # noqa: S603


def show_receipts(folders: dict[str, Path], message_id: MessageId) -> None:
    """Compare what both nodes keep of the receipts for a letter."""
    kept = {}
    for name, folder in folders.items():
        with SQLiteStore(folder / "store" / "store.db") as store:
            kept[name] = {item.xml for item in store.receipts(message_id)}
    (receipt,) = kept["commune"]
    same = "the same" if kept["commune"] == kept["district"] else "NOT the same"
    print(f"\nreceipt for {message_id}: {len(receipt)} bytes, {same} at both agencies")


if Path("demo").exists():
    sys.exit("expected no folder demo/ here, found one: remove it, or run this in an empty folder")
pki = DemoPki.create((COMMUNE, DISTRICT), at=SystemClock().now(), key="p256")
with free_ports(2) as ports:
    folders = write_served_nodes("demo", pki, ports)
    commune, district = folders["commune"], folders["district"]
    with Running(commune) as at_commune, Running(district) as at_district:
        at_commune.wait_for("http.serving")
        at_district.wait_for("http.serving")

        sent = send(commune, letter(COMMUNE, DISTRICT, "Báo cáo quý I").build())
        print(f"letter {sent}: commune -> district")
        at_district.wait_for("handover.recorded", str(sent))
        at_commune.wait_for("handover.recorded")  # status 01 has come back

        came = Envelope.read(district / "inbox" / f"{sent}.edxml").message
        about = ResponseFor(organ_id=came.sender.organ_id, document_id=came.document_id)
        text = letter(DISTRICT, COMMUNE, "Về báo cáo quý I").in_response_to(about)
        answer = send(district, text.build())
        print(f"answer {answer}: district -> commune")
        at_commune.wait_for("handover.recorded", str(answer))
        at_district.wait_for("handover.recorded")

for message_id, way in ((sent, (commune, district)), (answer, (district, commune))):
    show_receipts(folders, message_id)
    show("trace", str(message_id), "--node", str(way[0]), "--node", str(way[1]), "--verify")
    show("status", str(message_id), "--node", str(way[0]))
for folder in (commune, district):
    show("audit", "head", "--node", str(folder))
