import _md5,_sha1,_sha2,_sha3,_blake2
for f in (_md5.md5,_sha1.sha1,_sha2.sha224,_sha2.sha256,_sha2.sha384,_sha2.sha512,_sha3.sha3_224,_sha3.sha3_256,_sha3.sha3_384,_sha3.sha3_512,_blake2.blake2b,_blake2.blake2s):
    h=f(b'abc'); h.update(b'x'*1000); c=h.copy(); c.update(b'y')
    print(h.hexdigest(), c.digest()[:4], h.name, h.block_size, h.digest_size)
print(_sha3.shake_128(b'a').hexdigest(40), _blake2.blake2b(b'q',key=b'k',salt=b's',person=b'p',digest_size=20,fanout=2,depth=3,leaf_size=9,node_offset=5,node_depth=1,inner_size=4,last_node=True).hexdigest())
print(_blake2.blake2s(b'q'*64,key=b'k',node_offset=2**40).hexdigest(), _blake2.BLAKE2B_SALT_SIZE, _blake2.blake2s.MAX_KEY_SIZE)
for f in (lambda:_md5.md5('x'), lambda:_md5.md5(1), lambda:_blake2.blake2b(digest_size=65), lambda:_blake2.blake2b(key=b'x'*65)):
    try: f()
    except Exception as e: print(type(e).__name__, e)
import posix as os, select, fcntl, pwd, grp
r,w=os.pipe()
print(select.select([r],[w],[],0)==([],[w],[]))
os.write(w,b'x')
print(select.select([r],[],[],1)==([r],[],[]))
p=select.poll(); p.register(r, select.POLLIN); print(p.poll(10)==[(r,1)])
e=select.epoll(); e.register(r, select.EPOLLIN); print(e.poll(1)==[(r,1)], e.closed); e.close(); print(e.closed)
print(fcntl.fcntl(r, fcntl.F_GETFD), pwd.getpwuid(0).pw_name, pwd.getpwnam('root')[5], grp.getgrgid(0).gr_name)
try: pwd.getpwnam('nosuchuser')
except KeyError as e: print(e)
