# Folders and log files where the official image has them.
mkdir -p /usr/local/apache2/bin
ln -s /var/www/html /usr/local/apache2/htdocs
for name in ab htpasswd; do
    ln -s "/usr/bin/$name" "/usr/local/apache2/bin/$name"
done
ln -s /usr/sbin/apache2 /usr/local/apache2/bin/httpd
echo 'ServerName localhost' >> /etc/apache2/apache2.conf
cd /etc/apache2
sed -i -e 's|ErrorLog .*|ErrorLog /proc/self/fd/2|' \
    -e 's|CustomLog .*|CustomLog /proc/self/fd/1 combined|' \
    apache2.conf conf-available/*.conf sites-available/*.conf
echo '<html><body><h1>It works!</h1></body></html>' > /var/www/html/index.html
version=$(apache2 -v | sed -n 's|.*Apache/\([0-9.]*\).*|\1|p')
echo "HTTPD_VERSION=$version" > "$SETTINGS"
