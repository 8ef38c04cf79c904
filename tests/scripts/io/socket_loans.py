# Buffers that sendmsg and recvmsg_into take on loan live until the call is over, whatever runs meanwhile.
import gc
import socket

a, b = socket.socketpair()
kept = []


class Source:
    def __buffer__(self, flags):
        return memoryview(bytearray(b'a' * 300))


class Last:
    def __buffer__(self, flags):
        gc.collect()
        kept.append([bytearray(b'!' * 300) for _ in range(50)])
        return memoryview(bytearray(b'z'))


a.sendmsg([Source(), Source(), Source(), Last()])
data = b.recv(5000)
print(data.count(b'a'), data.count(b'!'), data.count(b'z'))

taken = []


class Target:
    def __buffer__(self, flags):
        gc.collect()
        room = bytearray(40)
        taken.append(room)
        kept.append([bytearray(b'?' * 40) for _ in range(50)])
        return memoryview(room)


a.send(b'x' * 100)
print(b.recvmsg_into([Target(), Target(), Target()])[0], [bytes(t).count(b'x') for t in taken])
print(any(b'x' in piece for pieces in kept for piece in pieces))
try:
    a.sendmsg([b'x'], [(1, 2)])
except TypeError as e:
    print(e)
