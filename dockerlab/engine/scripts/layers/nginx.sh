# Settings, folders and log files as in the official image.
useradd --system --uid 101 --home-dir /nonexistent --shell /bin/false nginx ||
    useradd --system --home-dir /nonexistent --shell /bin/false nginx
rm -r /etc/nginx/sites-enabled /etc/nginx/sites-available
mkdir -p /etc/nginx/conf.d /docker-entrypoint.d
cat > /etc/nginx/nginx.conf <<'CONF'

user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log    /var/log/nginx/access.log;
    sendfile      on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
CONF
cat > /etc/nginx/conf.d/default.conf <<'CONF'
server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
}
CONF
md5sum < /etc/nginx/conf.d/default.conf > /usr/share/nginx/default.md5
mkdir -p /var/log/nginx
rm -f /var/log/nginx/*
ln -s /dev/stdout /var/log/nginx/access.log
ln -s /dev/stderr /var/log/nginx/error.log
version=$(nginx -v 2>&1)
echo "NGINX_VERSION=${version##*/}" > "$SETTINGS"
