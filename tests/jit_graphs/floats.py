# an unboxed float loop: one guard before the loop, none inside
def unit(x):
    y = 1.0
    i = 0
    while i < 20000:
        y = y * x + 0.5
        i += 1
    return y

unit(0.75)
