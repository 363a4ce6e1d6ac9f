"""What the doctor finds in networks."""

from ipaddress import IPv4Network

import pytest

from dockerlab.commands import doctor_network

# Bridge networks as an engine lists them.
NETWORKS = [
    {"IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]}},
    {"IPAM": {"Config": [{"Subnet": "fd00::/64"}, {"Gateway": "1.2.3.4"}]}},
    {"IPAM": {"Config": None}},
    {"IPAM": None},
]
# /proc/net/route with a default route, a VPN on 172.16.0.0/12 and a network.
ROUTES = """\
Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
eth0 00000000 0102A8C0 0003 0 0 0 00000000 0 0 0
tun0 000010AC 00000000 0001 0 0 0 0000F0FF 0 0 0
eth0 0002A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0
""".splitlines()


@pytest.mark.parametrize(
    ("profile", "good"),
    [
        ({}, True),
        ({"HTTP_PROXY": ""}, True),
        ({"HTTP_PROXY": "http://p:1"}, False),
        ({"https_proxy": "http://p:1", "no_proxy": "127.0.0.0/8"}, False),
        ({"http_proxy": "http://p:1", "no_proxy": "localhost"}, False),
        (
            {"http_proxy": "http://p:1", "NO_PROXY": "localhost, 127.0.0.1"},
            True,
        ),
        ({"http_proxy": "http://p:1", "no_proxy": "*"}, True),
        # Python reads the small letters alone where both are set.
        (
            {
                "http_proxy": "http://p:1",
                "no_proxy": "a.example",
                "NO_PROXY": "localhost,127.0.0.1",
            },
            False,
        ),
    ],
)
def test_proxies_keep_away_from_this_machine(profile, good):
    found = doctor_network.proxies(profile)
    assert found.ok == good
    assert not found.required
    assert "http://p" not in found.detail  # it may hold a password


def test_what_to_type_keeps_the_other_names():
    profile = {"HTTP_PROXY": "http://p:1", "no_proxy": "a.example"}
    found = doctor_network.proxies(profile)
    assert "HTTP_PROXY also applies to 127.0.0.1" in found.detail
    value = "localhost,127.0.0.1,::1,a.example"
    assert found.fix == f"export no_proxy={value} NO_PROXY={value}"


def test_subnets_and_routes():
    subnets = doctor_network.subnets(NETWORKS)
    assert list(subnets) == [IPv4Network("172.17.0.0/16")]
    assert list(doctor_network.routes(ROUTES)) == [
        IPv4Network("172.16.0.0/12"),
        IPv4Network("192.168.2.0/24"),
    ]


@pytest.mark.parametrize(
    ("used", "left"),
    [
        ([], None),
        (["172.16.0.0/12"], None),  # 16 remain in 192.168.0.0/16
        (["172.16.0.0/12", "192.168.0.0/17", "192.168.128.0/18"], 4),
        (["172.16.0.0/12", "192.168.0.0/16"], 0),
        (["10.0.0.0/8", "0.0.0.0/0"], 0),
        ([f"172.{n}.0.0/16" for n in range(17, 32)], None),
        (
            [f"172.{n}.0.0/16" for n in range(17, 32)]
            + [f"192.168.{16 * n}.0/20" for n in range(14)],
            2,
        ),
    ],
)
def test_addresses_for_new_networks(used, left):
    networks = [IPv4Network(text) for text in used]
    found = doctor_network.address_pools({}, networks)
    assert found.ok == (left is None)
    assert not found.required
    if left is not None:
        assert f"suffice for {left} more networks" in found.detail
        assert found.fix.startswith("docker network prune")


def test_addresses_that_are_configured():
    pools = [
        {"Base": "10.0.0.0/8", "Size": 24},
        {"Base": "fd00::/48", "Size": 64},
    ]
    info = {"DefaultAddressPools": pools}
    vpn = [IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")]
    assert doctor_network.address_pools(info, vpn).ok
    info["DefaultAddressPools"] = pools[1:]
    found = doctor_network.address_pools(info, [])
    assert "suffice for 0 more" in found.detail


@pytest.mark.parametrize(
    ("headers", "good", "detail"),
    [
        (
            {"ratelimit-remaining": "76;w=21600"},
            True,
            "76 pulls left without login, 7 images to pull",
        ),
        (
            {"ratelimit-remaining": "6;w=21600"},
            False,
            "6 pulls left without login, 7 images to pull",
        ),
        ({"ratelimit-remaining": "0"}, False, "0 pulls left"),
        ({"date": "today"}, True, "reached, without a limit"),
    ],
)
def test_docker_hubs_remaining_pulls(headers, good, detail):
    [found] = doctor_network.hub_pulls(headers, 7)
    assert found.ok == good
    assert not found.required
    assert detail in found.detail


def test_without_docker_hub_nothing_is_reported():
    assert list(doctor_network.hub_pulls(None, 7)) == []
