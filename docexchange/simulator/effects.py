"""What a fault does to a network when it begins and when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.simulator.faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.simulator.faults import Fault
    from docexchange.simulator.host import Host
    from docexchange.simulator.network import SimulatedNetwork
    from docexchange.simulator.trouble import Trouble

__all__ = ["begin", "end"]


def begin(trouble: Trouble, network: SimulatedNetwork) -> None:
    """Let a fault begin."""
    fault = trouble.fault
    network.log.add(f"fault {fault.kind} begins at {fault.where}")
    if fault.kind.is_of_links:
        network.wire.faults[trouble.number] = fault
    _each(_BEGIN, fault, network)


def end(trouble: Trouble, network: SimulatedNetwork) -> None:
    """Let a fault be over."""
    fault = trouble.fault
    network.log.add(f"fault {fault.kind} ends at {fault.where}")
    network.wire.faults.pop(trouble.number, None)
    _each(_END, fault, network)


def _each(
    effects: dict[FaultKind, Callable[[Host, Fault, SimulatedNetwork], None]],
    fault: Fault,
    network: SimulatedNetwork,
) -> None:
    if effect := effects.get(fault.kind):
        for place in fault.where:
            effect(network.host(place), fault, network)


def _crash(host: Host, fault: Fault, _network: SimulatedNetwork) -> None:
    if fault.step is None:
        host.crash(fault.amount)
    else:
        host.dooms[fault.step] = fault.amount


def _spare(host: Host, fault: Fault, _network: SimulatedNetwork) -> None:
    if fault.step is not None:
        host.dooms.pop(fault.step, None)


def _fill(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.full_disks += 1


def _clear(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.full_disks -= 1
    host.restart()


def _skew(host: Host, fault: Fault, _network: SimulatedNetwork) -> None:
    host.clock.offset += timedelta(seconds=fault.amount)
    host.wake()


def _set_right(host: Host, fault: Fault, _network: SimulatedNetwork) -> None:
    host.clock.offset -= timedelta(seconds=fault.amount)
    host.wake()


def _expire(host: Host, fault: Fault, network: SimulatedNetwork) -> None:
    until = network.now.replace(microsecond=0) + timedelta(seconds=fault.amount)
    host.renew(until=until)
    network.publish(host)


def _renew(host: Host, _fault: Fault, network: SimulatedNetwork) -> None:
    host.renew()
    network.publish(host)


def _revoke(host: Host, _fault: Fault, network: SimulatedNetwork) -> None:
    network.revoke(host)


def _go_stale(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.stale += 1


def _catch_up(host: Host, _fault: Fault, network: SimulatedNetwork) -> None:
    host.stale -= 1
    network.update(host)


def _blind(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.blind += 1
    host.restart()


def _see(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.blind -= 1
    host.restart()


def _cut_off(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.unstamped += 1


def _reconnect(host: Host, _fault: Fault, _network: SimulatedNetwork) -> None:
    host.unstamped -= 1
    host.restart()


_BEGIN: Final[dict[FaultKind, Callable[[Host, Fault, SimulatedNetwork], None]]] = {
    FaultKind.DOWN: lambda host, _fault, _network: host.stop(),
    FaultKind.CRASH: _crash,
    FaultKind.DISK_FULL: _fill,
    FaultKind.CLOCK_SKEW: _skew,
    FaultKind.EXPIRED: _expire,
    FaultKind.ROLLED_OVER: _renew,
    FaultKind.REVOKED: _revoke,
    FaultKind.STALE_DIRECTORY: _go_stale,
    FaultKind.OCSP_DOWN: _blind,
    FaultKind.TSA_DOWN: _cut_off,
}
_END: Final[dict[FaultKind, Callable[[Host, Fault, SimulatedNetwork], None]]] = {
    FaultKind.DOWN: lambda host, _fault, _network: host.start(),
    FaultKind.CRASH: _spare,
    FaultKind.DISK_FULL: _clear,
    FaultKind.CLOCK_SKEW: _set_right,
    FaultKind.EXPIRED: _renew,
    FaultKind.REVOKED: _renew,
    FaultKind.STALE_DIRECTORY: _catch_up,
    FaultKind.OCSP_DOWN: _see,
    FaultKind.TSA_DOWN: _reconnect,
}
