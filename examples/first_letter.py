"""A letter from a commune to the centre: build, sign, send, relay, verify.

Run it in an empty folder: python first_letter.py
"""

from datetime import date

from docexchange import (
    Attachment,
    DocumentBuilder,
    Envelope,
    Node,
    OrganId,
    Organization,
    Signer,
    SigningKey,
    SystemClock,
    TrustStore,
    Verifier,
)
from docexchange.testing import DemoPki, text_pdf, write_nodes

folders = write_nodes("demo", DemoPki.create(at=SystemClock().now(), key="p256"))
report = Attachment.from_bytes(text_pdf("Báo cáo quý I", ["..."]), name="báo cáo quý I.pdf")
letter = (
    DocumentBuilder()
    .sender(Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh"))
    .to(Organization(OrganId("000.00.00.G22"), "Văn phòng Chính phủ"))
    .code("12", "UBND-VX")
    .promulgated(date(2026, 3, 2), place="An Thạnh")
    .type("Công văn")
    .subject("V/v báo cáo tình hình quý I")
    .signer("Nguyễn Văn An", competence="TM. UBND", position="Chủ tịch")
    .attach(report)
    .build()
)
key = SigningKey.from_pkcs12("demo/pki/agencies/commune/agency.p12", password=lambda: b"demo")
signed = Signer(key, role="agency").sign(letter)

nodes = {name: Node.from_config(folder) for name, folder in folders.items()}
sent = nodes["commune"].send(signed)
for name in ("commune", "district", "province", "central"):
    nodes[name].run_until_idle()
for node in nodes.values():
    node.close()

received = Envelope.read(folders["central"] / "inbox" / f"{sent.message_id}.edxml")
verified = Verifier(TrustStore.from_path("demo/pki/trust")).verify(received)
print(verified.message.subject)
print(verified.report.indication, "via", *[trace.organ_id for trace in received.traces])
