ln -s /usr/bin/docker-registry /bin/registry
mkdir -p /var/lib/registry
cat > /etc/docker/registry/config.yml <<'CONF'
version: 0.1
log: {fields: {service: registry}}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: /var/lib/registry}
http: {addr: ":5000", headers: {X-Content-Type-Options: [nosniff]}}
CONF
