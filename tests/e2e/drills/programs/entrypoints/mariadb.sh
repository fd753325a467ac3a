#!/bin/sh
# As that of the official image: a data folder of its own, a first database, then the server in this very process.
set -e
data=/var/lib/mysql tables=/usr/share/mysql
if [ "$1" = mariadbd ] && [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" /run/mysqld
  chown -R mysql:mysql "$data" /run/mysqld
  exec gosu mysql "$0" "$@"
fi
if [ "$1" = mariadbd ] && [ ! -d "$data/mysql" ]; then
  mkdir "$data/mysql"
  {
    echo 'USE mysql;'
    echo 'SET @skip_auth_anonymous=@auth_root_socket:=NULL;'
    cat "$tables/mysql_system_tables.sql" "$tables/mysql_performance_tables.sql" "$tables/mysql_system_tables_data.sql"
  } | mariadbd --no-defaults --bootstrap --datadir="$data" --log-warnings=0
fi
exec "$@"
