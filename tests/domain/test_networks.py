"""Networks: what is kept of an address, and which addresses a list holds."""

from pathlib import Path

import pytest

import widget
from widget.domain.errors import NetworkListWrong
from widget.domain.networks import NetworkList, network_of

SHIPPED = Path(widget.__file__).parent / "data" / "data-centres.txt"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("93.184.216.34", "93.184.216.0/24"),
        ("2606:2800:220:1:248:1893:25c8:1946", "2606:2800:220::/48"),
        ("::ffff:93.184.216.34", "93.184.216.0/24"),
        ("127.0.0.1", ""),
        ("10.1.2.3", ""),
        ("192.168.1.20", ""),
        ("::1", ""),
        ("fe80::1", ""),
        ("fd00::1", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_only_a_public_addresss_network_is_kept(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_list_holds_its_networks_to_their_edges() -> None:
    networks = NetworkList.parse(["# remark", "", "8.8.4.0/23 # two", "2620:0:1c00::/40"])
    held = ["8.8.4.0", "8.8.5.255", "2620:0:1c00::1", "::ffff:8.8.4.1"]
    assert [address for address in held if not networks.holds(address)] == []
    free = ["8.8.3.255", "8.8.6.0", "2620:0:1d00::1", "127.0.0.1", "nonsense"]
    assert [address for address in free if networks.holds(address)] == []


@pytest.mark.parametrize("line", ["8.8.8.8/33", "example.com", "8.8.8.8/8"])
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(NetworkListWrong, match="line 2"):
        NetworkList.parse(["8.8.8.0/24", line])


def test_the_list_that_ships_knows_the_largest_checkers_and_no_household() -> None:
    networks = NetworkList.parse(SHIPPED.read_text().splitlines())
    for address in ("40.94.20.1", "52.101.8.1", "66.249.66.1", "54.240.1.1", "67.231.152.9"):
        assert networks.holds(address), address
    for address in ("93.184.216.34", "91.64.0.1", "86.1.2.3", "24.5.6.7", "2a02:810a::1"):
        assert not networks.holds(address), address
