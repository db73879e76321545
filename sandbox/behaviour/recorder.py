# Answers every name and takes every connection of a network that leads nowhere, and says as lines of JSON what came.
# Argument: the id of the user it becomes once the sockets are open.
import asyncio, base64, json, os, socket, struct, sys

PORTS = [21, 22, 23, 25, 80, 110, 143, 389, 443, 465, 587, 853, 993, 1080, 1337, 1433, 2375, 3128, 3306, 4443, 4444,
         5432, 6379, 6667, 8080, 8443, 9001, 9999, 11211, 27017, 31337]
KEPT, DRAINED, LINES, OPEN, NAMES = 32_768, 8 << 20, 500, 64, 4_000
IDLE_S = 1.5

lines = 0
opened = 0
names = {}
addresses = {}


def say(record):
    global lines
    lines += 1
    if lines > LINES:
        record = {"kind": "full"} if lines == LINES + 1 else None
    if record is not None:
        print(json.dumps(record), flush=True)


def open_every_address():
    """`local default dev lo`: every address is this machine's, and no other interface exists."""
    lo = socket.if_nametoindex("lo")
    route = struct.pack("BBBBBBBBI", socket.AF_INET, 0, 0, 0, 255, 4, 254, 2, 0)
    body = route + struct.pack("HHI", 8, 4, lo)
    header = struct.pack("IHHII", 16 + len(body), 24, 0x1 | 0x4 | 0x400, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.send(header + body)
        failure = struct.unpack_from("i", netlink.recv(4096), 16)[0]
    if failure not in (0, -17):
        raise OSError(-failure, "no route to everything")


def address_of(name):
    if name not in names and len(names) < NAMES:
        number = len(names) + 2
        address = str(socket.inet_ntoa(struct.pack(">I", (198 << 24 | 18 << 16) + number)))
        names[name], addresses[address] = address, name
    return names.get(name)


class Names(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, sender):
        try:
            labels, at = [], 12
            while data[at]:
                labels.append(data[at + 1 : at + 1 + data[at]].decode("latin-1"))
                at += 1 + data[at]
            kind = struct.unpack_from(">H", data, at + 1)[0]
        except (IndexError, struct.error):
            return
        name, question = ".".join(labels).lower()[:255], data[12 : at + 5]
        address = address_of(name) if kind == 1 else None
        say({"kind": "name", "name": name, "address": address})
        answer = b"" if address is None else struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address)
        self.transport.sendto(
            data[:2] + struct.pack(">HHHHH", 0x8180, 1, 1 if answer else 0, 0, 0) + question + answer, sender)


def server_name(hello):
    """The name that a TLS client asks for, out of its first message."""
    try:
        at = 43 + 1 + hello[43]
        at += 2 + struct.unpack_from(">H", hello, at)[0]
        at += 1 + hello[at]
        end = at + 2 + struct.unpack_from(">H", hello, at)[0]
        at += 2
        while at + 4 <= end:
            kind, size = struct.unpack_from(">HH", hello, at)
            if kind == 0:
                length = struct.unpack_from(">H", hello, at + 7)[0]
                return hello[at + 9 : at + 9 + length].decode("latin-1")[:255]
            at += 4 + size
    except (IndexError, struct.error):
        pass
    return None


METHODS = (b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"PATCH ", b"OPTIONS ", b"CONNECT ")


def length_of(head):
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value.strip()[:12])
        if key.strip().lower() == b"transfer-encoding":
            return None
    return 0


async def take(reader, writer):
    kept, total, asked = b"", 0, False
    while total < DRAINED:
        if kept[:1] == b"\x16" and len(kept) >= 5 and total >= 5 + struct.unpack_from(">H", kept, 3)[0]:
            break
        if kept.startswith(METHODS) and b"\r\n\r\n" in kept:
            head = kept.partition(b"\r\n\r\n")[0]
            length = length_of(head)
            if length is not None and total >= len(head) + 4 + length:
                break
            if length is None and kept.endswith(b"0\r\n\r\n"):
                break
            if not asked and b"100-continue" in head.lower():
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            asked = True
        try:
            piece = await asyncio.wait_for(reader.read(65_536), IDLE_S)
        except (asyncio.TimeoutError, OSError):
            break
        if not piece:
            break
        total += len(piece)
        kept += piece[: KEPT - len(kept)]
    return kept, total


async def serve(reader, writer):
    global opened
    address, port = writer.get_extra_info("sockname")[:2]
    if opened >= OPEN:
        say({"kind": "flow", "address": address, "port": port, "name": addresses.get(address),
             "protocol": "tcp", "bytes": 0, "sample": ""})
        writer.close()
        return
    opened += 1
    try:
        kept, total = await take(reader, writer)
        is_http, is_tls = kept.startswith(METHODS), kept[:1] == b"\x16"
        sni = server_name(kept) if is_tls else None
        say({"kind": "flow", "address": address, "port": port, "name": sni or addresses.get(address),
             "protocol": "http" if is_http else "tls" if is_tls else "tcp", "bytes": total,
             "sample": base64.b64encode(kept).decode()})
        if is_http:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await asyncio.wait_for(writer.drain(), IDLE_S)
    except (OSError, asyncio.TimeoutError):
        pass
    finally:
        opened -= 1
        writer.close()


async def main():
    loop = asyncio.get_running_loop()
    for port in PORTS:
        await asyncio.start_server(serve, "0.0.0.0", port)
    await loop.create_datagram_endpoint(Names, local_addr=("0.0.0.0", 53))
    user = int(sys.argv[1])
    os.setgid(user)
    os.setuid(user)
    with open("/proc/self/status") as status:
        held = [line.split()[1] for line in status if line.startswith(("CapEff", "CapPrm"))]
    if any(int(one, 16) for one in held):
        raise PermissionError("the recorder could not give up what it may do")
    say({"kind": "ready"})
    await asyncio.Event().wait()


open_every_address()
asyncio.run(main())
