"""One letter there and its receipt back, in one process: made, read, judged, answered, judged.

Others encrypt as well, for AS2 and AS4 go over plain HTTP; edXML letters go over TLS. They look
neither at revocation nor, as called here, at a path to a root. All keys are RSA-2048: neither knows
another. Nothing is stored.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import OURS
from premises import RECEIVER, SENDER, Premises, letter

from docexchange import Envelope, OrganId, Signer, SigningKey, SystemClock, TrustStore, Verifier
from docexchange.envelope import Receipt
from docexchange.signing import sign_receipt, verify_receipt

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
AS4_PYTHON = "AS4_PYTHON"
"""Variable that names an interpreter with the package ``as4`` in it."""


def measure(folder: Path, rounds: int) -> None:
    """Print what each takes for one message, of processor time."""
    premises = Premises(folder, "rsa2048")
    agencies = premises.pki / "agencies"
    sides = [agencies / SENDER, agencies / RECEIVER, str(rounds)]
    print("\none message of 10 KB and its receipt, in one process, RSA-2048")
    took = {OURS: _ours(premises, rounds), "pyas2lib": _told(sys.executable, "cycle_as2.py", sides)}
    own = HERE.parent / ".venv-as4" / "bin" / "python"
    python = os.environ.get(AS4_PYTHON) or (str(own) if own.exists() else "")
    if python:
        took["as4"] = _told(python, "cycle_as4.py", sides)
    for name, seconds in took.items():
        print(
            f"  {name:22} {seconds * 1e3:9.2f} ms   {seconds / took[OURS]:5.2f} × the time of ours"
        )
    if not python:
        print(f"  {'as4':22} not installed; make bench says why, {AS4_PYTHON} names another Python")


def _told(python: str, script: str, arguments: list[object]) -> float:
    command = [python, HERE / script, *arguments]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _ours(premises: Premises, rounds: int) -> float:
    verifier = Verifier(TrustStore.from_path(premises.pki / "trust"), clock=SystemClock())
    sender, receiver = _signer(premises, SENDER), _signer(premises, RECEIVER)
    cycle = _cycle(premises, sender, receiver, verifier)
    cycle(0)
    begin = time.process_time()
    for number in range(1, rounds + 1):
        cycle(number)
    return (time.process_time() - begin) / rounds


def _cycle(
    premises: Premises, sender: Signer, receiver: Signer, verifier: Verifier
) -> Callable[[int], None]:
    def cycle(number: int) -> None:
        data = b"".join(sender.sign(letter(number, premises.folder)).envelope.chunks())
        envelope = Envelope.from_bytes(data)
        verifier.verify(envelope)
        receipt = Receipt(
            message_id=envelope.message.message_id,
            recipient=OrganId("000.00.31.H53"),
            from_node=OrganId("000.21.31.H53"),
            issuer=OrganId("000.00.31.H53"),
            sha256="0" * 64,
            size=len(data),
            at=SystemClock().now(),
            hop=0,
            accepted=True,
        )
        assert verify_receipt(sign_receipt(receipt, receiver), verifier).accepted

    return cycle


def _signer(premises: Premises, agency: str) -> Signer:
    path = premises.pki / "agencies" / agency / "agency.p12"
    return Signer(
        SigningKey.from_pkcs12(path, password=lambda: b"demo"), clock=SystemClock(), role="agency"
    )
