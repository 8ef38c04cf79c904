import _json
class C: pass
c=C(); c.strict=True; c.object_hook=None; c.object_pairs_hook=None; c.parse_float=float; c.parse_int=int; c.parse_constant=lambda s: s
sc=_json.make_scanner(c)
print(sc('{"a": [1, 2.5, -3e2, "x\\u00e9\\ud83d\\ude00\\n", null, true], "b": {}, "c": NaN}', 0))
e=_json.make_encoder({}, lambda o: "D", _json.encode_basestring_ascii, None, ": ", ", ", True, False, True)
print(e({"b":[1,2.5,None,True,"é😀\n"],"a":{}, 3: (1,)} if False else {"b":[1,2.5,None,True,"é😀\n", c],"a":{}},0))
e=_json.make_encoder(None, None, _json.encode_basestring, "  ", ": ", ",", False, False, True)
print(e({"b":[1,[],"é"],"a":{1:2}},0)[0])
print(_json.scanstring('ab"c',0), _json.encode_basestring_ascii('"\x7f'))
try: sc('[1,', 0)
except StopIteration as x: print("stop", x.value)
