"""Settings that gunicorn reads from the folder it is started in."""

import os
from pathlib import Path

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = 2
threads = 4

# Shorter than the ten seconds after which `docker stop` kills.
graceful_timeout = 5

# Workers prove that they live by touching a file. On a container's disk
# that can block for seconds, and a healthy worker is killed; /dev/shm is
# memory. Where there is none (macOS), gunicorn chooses.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# The application logs its requests itself, as JSON.
accesslog = None

# Each worker builds its own application, so nothing crosses a fork.
preload_app = False

# A container is controlled by signals, and its user has no home folder
# where the control socket could be.
control_socket_disable = True
