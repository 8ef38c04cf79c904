# Options of the header: arguments, variables, input, exit code; sys.exit and the order of what is written.
# args: one "two words" --flag
# env: TESTED=yes
# stdin: first line
# stdin: second line
# exit: 3
# stderr: ^to stderr$
import os
import sys

print(sys.argv[1:], os.environ["TESTED"], __name__, os.path.basename(__file__))
print([line.rstrip() for line in sys.stdin])
print("to stderr", file=sys.stderr)
try:
    sys.exit(3)
finally:
    print("finally runs")
