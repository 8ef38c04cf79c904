# Messages about bound functions name the class of what they are bound to; those about methods that
# are called at once the class that declares them.
class L(list):
    pass


def t(f):
    try:
        print(f())
    except TypeError as e:
        print(e)


add, count, note = L().append, True.bit_length, ValueError().add_note
t(lambda: add())
t(lambda: L().append())
t(lambda: count(1))
t(lambda: True.bit_length(1))
t(lambda: note())
t(lambda: ValueError().add_note())
t(lambda: note(note=1))
