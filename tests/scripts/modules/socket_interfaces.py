# Interfaces, services by port, and addresses of families that are this machine's own.
import socket


def shown(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


interfaces = socket.if_nameindex()
index = socket.if_nametoindex("lo")
print((index, "lo") in interfaces, socket.if_indextoname(index), socket.if_nametoindex(b"lo") == index)
for bad in 0, -1, 1 << 40, "a":
    print(shown(socket.if_indextoname, bad))
for bad in "nope", 3, "a\0":
    print(shown(socket.if_nametoindex, bad))
for args in (80,), (80, "tcp"), (-1,), (70000,), (1, "x"), ("a",), (1 << 70,), (80, None):
    print(shown(socket.getservbyport, *args))

with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as s:
    for bad in 5, (1,), (1, "a"), (0, 0, 0):
        print(shown(s.bind, bad))
    s.bind((0, 0))
    pid, groups = s.getsockname()
    print(pid > 0, groups)

s = shown(socket.socket, socket.AF_PACKET, socket.SOCK_RAW)
if isinstance(s, socket.socket):  # it takes rights
    with s:
        s.bind(("lo", socket.ETH_P_ALL if hasattr(socket, "ETH_P_ALL") else 3))
        assert s.getsockname()[:2] == ("lo", 3), s.getsockname()
        for bad in 5, ("lo",), (3, 3), ("lo", "x"), ("lo", 70000), ("lo", 3, 0, 0, b"123456789"), ("nope", 3):
            assert "Error" in shown(s.bind, bad), bad
print(socket.CAN_RAW, socket.PF_PACKET, socket.BDADDR_ANY, socket.VMADDR_CID_HOST, socket.NETLINK_ROUTE)
