import _socket as s
a,b=s.socketpair(); a.send(b'hello'); print(b.recv(10)); b.sendall(b'x'*1000); print(len(a.recv(2000))); a.close(); print(b.recv(1)); b.close()
l=s.socket(); l.bind(('127.0.0.1',0)); l.listen(5); addr=l.getsockname(); c=s.socket(); c.connect(addr); fd,p=l._accept(); srv=s.socket(fileno=fd); print(p==c.getsockname(), srv.family, srv.type)
c.settimeout(0.05)
try: c.recv(1)
except TimeoutError as e: print(repr(e))
print(c.gettimeout(), s.getaddrinfo('127.0.0.1',80,0,s.SOCK_STREAM), s.inet_ntoa(s.inet_aton('1.2.3.4')), s.htons(1))
try: s.getaddrinfo('nosuch.invalid',80)
except s.gaierror as e: print(type(e))
for f in (lambda:c.connect('x'), lambda:c.bind(('a',)), lambda:c.connect(('127.0.0.1',99999)), lambda: s.socket(fileno=-1)):
    try: f()
    except Exception as e: print(type(e).__name__, e)
