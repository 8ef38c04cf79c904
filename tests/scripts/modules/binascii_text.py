import binascii as b
print(b.crc32(b"hello world, this is"), b.hexlify(b"abc",":"), b.unhexlify("616263"), b.b2a_base64(b"hello"), b.a2b_base64("aGVsbG8="), b.crc_hqx(b"abc",0))
print(b.b2a_uu(b"hello"), b.a2b_uu(b.b2a_uu(b"hello")), b.b2a_qp(b"a=b \n\xe9"), b.a2b_qp(b"a=3Db=\nc"))
for x in ("a", "ab=", "zz"):
    try: print(b.a2b_base64(x))
    except b.Error as e: print(e)
try: b.unhexlify("abc")
except b.Error as e: print(type(e), e)
