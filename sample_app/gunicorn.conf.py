"""Settings of gunicorn, which reads this file in the folder it starts in.

Environment variables change what differs between machines: `PORT`,
`WEB_CONCURRENCY`, `WEB_THREADS`, `FORWARDED_ALLOW_IPS`.
"""

import os
from pathlib import Path

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"

# A worker is a process with a copy of the application: about 25 MB of memory.
# The threads of a worker share this memory. gunicorn cannot know how much
# memory and how many processors the container may use, so you decide.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))

# The addresses or networks of your reverse proxy. Only from these does
# gunicorn believe headers such as `X-Forwarded-Proto: https`.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# Requests in progress get this many seconds when the container stops.
# `docker stop` sends SIGKILL after ten.
graceful_timeout = 5

# Workers prove that they live by touching a file. On a container's disk this
# can block for seconds, and gunicorn would end a healthy worker. /dev/shm is
# in memory. Where it does not exist (macOS), gunicorn chooses a folder.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# The application logs its requests as JSON.
accesslog = None

# Each worker creates its own application, so no connection to a data store
# is shared between processes.
preload_app = False

# Signals control a container. Its user has no home folder for a socket.
control_socket_disable = True
