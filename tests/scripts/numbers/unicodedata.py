import unicodedata as u
def t(s,f):
    try: print(s,'->',repr(f()))
    except BaseException as e: print(s,'->',type(e).__name__,str(e))
t(1,lambda:u.name('a')); t(2,lambda:u.lookup('SNOWMAN')); t(3,lambda:u.lookup('NOPE')); t(4,lambda:u.name('\0')); t(5,lambda:u.name('\0',None)); t(6,lambda:u.numeric('½')); t(7,lambda:u.digit('²')); t(8,lambda:u.decimal('x')); t(9,lambda:u.category('ab')); t(10,lambda:u.category(1))
t(11,lambda:u.normalize('NFD','é')); t(12,lambda:u.normalize('X','é')); t(13,lambda:u.is_normalized('NFC','é')); t(14,lambda:u.decomposition('é')); t(15,lambda:u.mirrored('(')); t(16,lambda:u.unidata_version); t(17,lambda:u.ucd_3_2_0.unidata_version); t(18,lambda:u.ucd_3_2_0.category('\u0221')); t(19,lambda:u.lookup('KEYCAP DIGIT ONE')); t(20,lambda:u.combining('\u0301')); t(21,lambda:u.east_asian_width('中')); t(22,lambda:u.bidirectional('א')); t(23, lambda:u.name(1)); t(24,lambda:u.name('ab')); t(25,lambda:u.normalize('NFC',1)); t(27,lambda:u.lookup(1)); t(28,lambda:u.name()); t(29, lambda:u.normalize('NFC')); t(30,lambda:u.numeric('a'))
