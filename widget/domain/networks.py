"""Networks of addresses: which one an address belongs to, and which belong to data centres."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from widget.domain.errors import NetworkListWrong

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=10_000)
def public_address(text: str) -> Address | None:
    """The address in a text; None for no address at all, and for private and loopback ones."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped if mapped is not None else address
    inside = address.is_private or address.is_loopback or address.is_link_local
    return None if inside else address


def network_of(text: str) -> str:
    """The /24 or /48 of an address, as it may be kept; "" for private and loopback ones."""
    address = public_address(text)
    if address is None:
        return ""
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, bits), strict=False))


@dataclass(frozen=True)
class NetworkList:
    """Networks by version and length of prefix, so that a look-up asks a few small sets."""

    prefixes: dict[tuple[int, int], frozenset[int]]

    @classmethod
    def parse(cls, lines: Iterable[str]) -> "NetworkList":
        """A list with one network (`192.0.2.0/24`) a line; `#` begins a remark.

        Raises NetworkListWrong, which names the line.
        """
        found: dict[tuple[int, int], set[int]] = {}
        for number, line in enumerate(lines, 1):
            text = line.partition("#")[0].strip()
            if not text:
                continue
            try:
                network = ipaddress.ip_network(text)
            except ValueError as error:
                raise NetworkListWrong(f"line {number}: {text!r} is no network.") from error
            rest = network.max_prefixlen - network.prefixlen
            key = (network.version, rest)
            found.setdefault(key, set()).add(int(network.network_address) >> rest)
        return cls({key: frozenset(values) for key, values in found.items()})

    def holds(self, text: str) -> bool:
        """Whether an address is in one of the networks; never for private and loopback ones."""
        address = public_address(text)
        if address is None:
            return False
        return any(
            version == address.version and int(address) >> rest in prefixes
            for (version, rest), prefixes in self.prefixes.items()
        )
