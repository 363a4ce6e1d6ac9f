"""Settings that gunicorn reads from the folder it is started in."""

bind = "0.0.0.0:8000"
# One process: it counts the requests of all learners in its memory.
workers = 1
threads = 8
graceful_timeout = 5
# A line for each request, without the address's query, which may hold the
# instructor's key, and without the learner's address.
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s"
worker_tmp_dir = "/dev/shm"
control_socket_disable = True  # the user has no home folder
