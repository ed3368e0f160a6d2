"""What attackers do to a signed letter: each takes a ``Forgery`` and changes its tree.

The eight ways to wrap it are those of Somorovsky et al., "On Breaking SAML: Be Whoever You Want to
Be" (USENIX Security 2012), carried over to edXML: the message header is the assertion there.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from signing_help import b64, element

from docexchange.envelope.names import DS, edxml

if TYPE_CHECKING:
    from signing_help import Forgery


def swap_header(forgery: Forgery, identity: str | None = "evil") -> Any:
    """Put the evil header in the place of the signed one; return the signed one."""
    genuine = forgery.message_header
    forgery.header.replace(genuine, forgery.evil_header(identity))
    return genuine


def xsw1(forgery: Forgery) -> None:
    """The evil envelope wraps signature and original: the original goes into the signature."""
    genuine = swap_header(forgery)
    forgery.signature.append(genuine)


def xsw2(forgery: Forgery) -> None:
    """Detached: the original stands before the signature, the evil one where it was."""
    genuine = swap_header(forgery)
    wrapper = element("Wrapper")
    wrapper.append(genuine)
    forgery.signature.addprevious(wrapper)


def xsw3(forgery: Forgery) -> None:
    """The evil header is a sibling before the original."""
    forgery.message_header.addprevious(forgery.evil_header())


def xsw4(forgery: Forgery) -> None:
    """The original is a child of the evil header."""
    genuine = swap_header(forgery)
    forgery.header[0].append(genuine)


def xsw5(forgery: Forgery) -> None:
    """The evil header bears the signed id; the original is appended at the end of the file."""
    genuine = swap_header(forgery, "m-1")
    forgery.root.append(genuine)


def xsw6(forgery: Forgery) -> None:
    """The same, with the original inside the signature."""
    genuine = swap_header(forgery, "m-1")
    forgery.one("//ds:Object").append(genuine)


def xsw7(forgery: Forgery) -> None:
    """The original hides in an element that a schema would let pass: an extension."""
    genuine = swap_header(forgery, "m-1")
    extensions = element("Extensions")
    extensions.append(genuine)
    forgery.header[0].addprevious(extensions)


def xsw8(forgery: Forgery) -> None:
    """The original hides in a further ``ds:Object`` of the signature."""
    genuine = swap_header(forgery)
    hidden = element("Object", DS)
    hidden.append(genuine)
    forgery.signature.append(hidden)


def header_without_id(forgery: Forgery) -> None:
    """The evil header has no id at all; the original is moved to the end of the file."""
    forgery.root.append(swap_header(forgery, None))


def business_moved(forgery: Forgery) -> None:
    """The signed business element makes room for another without an id."""
    genuine = forgery.one("//e:Bussiness")
    evil = copy.deepcopy(genuine)
    del evil.attrib["Id"]
    evil[0].text = "1"
    genuine.getparent().replace(genuine, evil)
    forgery.root.append(genuine)


def business_left(forgery: Forgery) -> None:
    """The signed business element leaves its list, and nothing takes its place."""
    forgery.header.append(forgery.one("//e:Bussiness"))


def body_moved(forgery: Forgery) -> None:
    """The signed body makes room for one whose manifest gives an attachment another name."""
    genuine = forgery.one("//e:edXMLBody")
    evil = copy.deepcopy(genuine)
    evil.set("Id", "evil")
    evil.find(f".//{edxml('AttachmentName')}").text = "khác.pdf"
    genuine.getparent().replace(genuine, evil)
    forgery.header.append(genuine)


def signature_on_the_original(forgery: Forgery) -> None:
    """The whole signed header travels along under another root child, the evil one on top."""
    genuine = copy.deepcopy(forgery.header)
    swap_header(forgery)
    forgery.header.remove(forgery.signature)
    forgery.header.append(genuine)


def drop_attachment(forgery: Forgery, number: int) -> None:
    """Take an attachment and its manifest entry out."""
    for name in ("Reference", "Attachment"):
        found = forgery.root.findall(f".//{edxml(name)}")[number]
        found.getparent().remove(found)


def add_attachment(forgery: Forgery, content_id: str, octets: bytes) -> None:
    """Put octets at the end, without an entry in the manifest."""
    listed = forgery.one("//e:AttachmentEncoded")
    added = copy.deepcopy(listed[-1])
    added.find(edxml("ContentId")).text = f"cid:{content_id}"
    added.find(edxml("ContentTransferEncoded")).text = b64(octets)
    listed.append(added)


def add_entry(forgery: Forgery, content_id: str, name: str) -> None:
    """Put an entry at the end of the manifest."""
    manifest = forgery.one("//e:edXMLManifest")
    added = copy.deepcopy(manifest[-1])
    added.find(edxml("ContentId")).text = f"cid:{content_id}"
    added.find(edxml("AttachmentName")).text = name
    manifest.append(added)
