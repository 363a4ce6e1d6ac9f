import signal
import sys


def tell(number, frame):
    print("got", signal.Signals(number).name, flush=True)
    sys.exit(0)


for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
    signal.signal(number, tell)
print("ready", flush=True)
signal.pause()
