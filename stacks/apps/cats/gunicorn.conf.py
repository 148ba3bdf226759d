"""How gunicorn serves the page: it reads this file from its working directory."""

bind = "0.0.0.0:5000"
worker_class = "gthread"
threads = 8
worker_tmp_dir = "/dev/shm"  # the heartbeat file must not touch a disk
keepalive = 65  # longer than Nginx keeps idle connections, so that this side never closes first
graceful_timeout = 8  # on SIGTERM: requests in flight get this long, then it exits
control_socket_disable = True  # nobody manages it from inside the container
accesslog = "-"
