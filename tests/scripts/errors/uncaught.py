# An uncaught exception: exit code 1, the traceback on stderr, what was printed before is kept.
# exit: 1
# stderr: ^Traceback \(most recent call last\):$
# stderr: ^  File ".*uncaught\.py", line \d+, in outer$
# stderr: ^KeyError: 'missing'$
# stderr: ^The above exception was the direct cause of the following exception:$
# stderr: ^ValueError: outer failed$
import atexit

atexit.register(print, "at exit")


def outer():
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("outer failed") from error


print("before")
outer()
print("never")
