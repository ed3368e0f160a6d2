"""A node inside your own program: letters go straight into your database, once each.

Run it in an empty folder: python embedded_node.py
"""

import sqlite3
from datetime import date
from pathlib import Path

from docexchange import Attachment, DocumentBuilder, Node, OrganId, Organization, SystemClock
from docexchange.node import Letter
from docexchange.testing import DemoPki, text_pdf, write_nodes


class Registry:
    """The incoming book of a document system: an application that takes letters."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path)
        self.database.execute("CREATE TABLE IF NOT EXISTS book (id TEXT PRIMARY KEY, subject TEXT)")

    def take(self, letter: Letter) -> None:
        """Enter a letter; the primary key makes taking it twice harmless."""
        row = (str(letter.message_id), letter.verified.message.subject)
        with self.database:
            self.database.execute("INSERT OR IGNORE INTO book VALUES (?, ?)", row)


folders = write_nodes("demo", DemoPki.create(at=SystemClock().now(), key="p256"))
registry = Registry(Path("book.db"))
commune = Node.from_config(folders["commune"])
district = Node.from_config(folders["district"], application=registry)

letter = (
    DocumentBuilder()
    .sender(Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh"))
    .to(Organization(OrganId("000.00.31.H53"), "UBND huyện Bến Cầu"))
    .code("03", "TTr-UBND")
    .promulgated(date(2026, 3, 2))
    .type("Tờ trình")
    .subject("Đề nghị phê duyệt kế hoạch")
    .signer("Nguyễn Văn An")
    .attach(Attachment.from_bytes(text_pdf("Tờ trình", ["..."]), name="tờ trình.pdf"))
    .build()
)
commune.send(letter)  # not signed yet: the node's own key signs it
for _ in range(2):
    commune.run_until_idle()
    district.run_until_idle()

for row in registry.database.execute("SELECT subject FROM book"):
    print(*row)
registry.database.close()
for node in (commune, district):
    node.close()
