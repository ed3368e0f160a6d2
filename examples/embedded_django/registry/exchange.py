"""The node: opened once for the process, tied to the incoming book, at work in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.db import close_old_connections

from docexchange import Document, DocumentBuilder, Node, OrganId, Organization, SystemClock
from docexchange.clock import vietnam_date
from docexchange.node import Letter
from registry.models import Incoming


@cache
def node() -> Node:
    """The node of this agency."""
    opened = Node.from_config(settings.NODE_FOLDER)
    opened.on_document(enter)
    return opened


def enter(letter: Letter) -> None:
    """Enter a letter into the book; the primary key makes taking it twice harmless."""
    close_old_connections()  # as Django does between requests; this thread has none
    Incoming.objects.get_or_create(
        message_id=str(letter.message_id),
        defaults={
            "subject": letter.verified.message.subject,
            "received_at": letter.received_at,
        },
    )


def send(to: str, to_name: str, number: str, subject: str) -> str:
    """Hand a letter to the node; once this returns it is not lost. Gives back its id."""
    sender = Organization(node().agency, "UBND huyện Bến Cầu")
    letter = written(sender, Organization(OrganId(to), to_name), number=number, subject=subject)
    return str(node().send(letter).message_id)


def written(sender: Organization, to: Organization, *, number: str, subject: str) -> Document:
    """The letters that this registry writes."""
    return (
        DocumentBuilder()
        .sender(sender)
        .to(to)
        .code(number, "UBND")
        .promulgated(vietnam_date(SystemClock().now()))
        .type("Công văn")
        .subject(subject)
        .signer("Trần Văn Đức")
        .build()
    )


@contextmanager
def working() -> Iterator[None]:
    """Let the node work in a thread; in the end it finishes what is in hand, and is closed."""
    stop = threading.Event()
    thread = threading.Thread(target=node().run, args=(stop,), kwargs={"workers": 2})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        node().close()
