"""Kinds of services: their ports, the signal on which they end gracefully, the lines that their logs tell by.

Ports and signals are those of the servers' manuals and official images; the lines are out of their sources and logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from seatrial.drill.verdict import Confidence


@dataclass(frozen=True, slots=True)
class Sign:
    """A line of a log (`text` is a part of it) and what it means; LIKELY where other things can make it appear too."""

    text: str
    meaning: str
    confidence: Confidence = Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service.

    Attributes:
        images: last parts of their names, without tag.
        programs: that are it; `clients` that ask it whether it is well.
        port: where it listens unless it is told otherwise; 0 is not known.
        http: whether that speaks HTTP; None is not known.
        signal: on which it ends what it does before it stops; "" is whichever it gets.
        finishes: whether it must finish what is in flight; a database ends queries on purpose.
        stateful: whether it keeps data that must be there after the next start.
        unclean: signs, in the log of a start, that the stop before was none.
        wrong_stop: signs, in the log of a stop, that it got the wrong signal.
        blocks: whether it shuts out an address that connects and says nothing, which would hit the user, too.
    """

    name: str
    images: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    port: int = 0
    http: bool | None = False
    signal: str = ""
    finishes: bool = True
    stateful: bool = False
    unclean: tuple[Sign, ...] = field(default=(), repr=False)
    wrong_stop: tuple[Sign, ...] = field(default=(), repr=False)
    blocks: bool = False


UNKNOWN = Kind("service", http=None)
_RECOVERY = "it was not shut down cleanly and had to recover"
_REDIS_SIGNS = (
    Sign("AOF loaded anyway because aof-load-truncated is enabled", "the end of its append only file was cut off"),
)

KINDS = (
    Kind(
        "postgres", ("postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector", "spilo-16"),
        ("postgres",), ("pg_isready", "psql"), 5432, signal="SIGINT", finishes=False, stateful=True,
        unclean=(Sign("database system was not properly shut down; automatic recovery in progress", _RECOVERY),),
        wrong_stop=(
            Sign("received smart shutdown request", "SIGTERM waits until every client has gone; SIGINT does not"),
            Sign("received immediate shutdown request", "SIGQUIT ends it without a checkpoint"),
        ),
    ),
    # max_connect_errors: after 100 connections without a handshake `Host ... is blocked`, and to it all published
    # ports come from one address.
    Kind(
        "mariadb", ("mariadb",), ("mariadbd",), ("mariadb-admin", "mariadb", "healthcheck.sh"), 3306,
        finishes=False, stateful=True, blocks=True,
        # Its image is seen to say so after clean stops too (MariaDB/mariadb-docker#496).
        unclean=(Sign("Starting crash recovery from checkpoint LSN", _RECOVERY, Confidence.LIKELY),),
    ),
    Kind(
        "mysql", ("mysql", "mysql-server", "percona", "percona-server"), ("mysqld",), ("mysqladmin", "mysql"), 3306,
        finishes=False, stateful=True, blocks=True, unclean=(Sign("Database was not shutdown normally!", _RECOVERY),),
    ),
    Kind(
        "mongo", ("mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb"), ("mongod", "mongos"),
        ("mongosh", "mongo"), 27017, finishes=False, stateful=True,
        unclean=(Sign("Detected unclean shutdown", _RECOVERY),),
    ),
    Kind(
        "redis", ("redis", "redis-stack", "redis-stack-server"), ("redis-server", "redis-sentinel"), ("redis-cli",),
        6379, finishes=False, stateful=True, unclean=_REDIS_SIGNS,
    ),
    Kind(
        "valkey", ("valkey", "valkey-bundle"), ("valkey-server",), ("valkey-cli",), 6379,
        finishes=False, stateful=True, unclean=_REDIS_SIGNS,
    ),
    Kind("memcached", ("memcached",), ("memcached",), (), 11211, finishes=False),
    Kind(
        "rabbitmq", ("rabbitmq",), ("rabbitmq-server",), ("rabbitmq-diagnostics", "rabbitmqctl"), 5672,
        finishes=False, stateful=True,
    ),
    Kind(
        "kafka", ("kafka", "cp-kafka", "kafka-native"), ("kafka-server-start.sh",),
        ("kafka-topics.sh", "kafka-topics", "kafka-broker-api-versions.sh", "kafka-broker-api-versions"), 9092,
        finishes=False, stateful=True,
        # A first start says so too.
        unclean=(Sign("since no clean shutdown file was found", _RECOVERY, Confidence.LIKELY),),
    ),
    Kind("zookeeper", ("zookeeper",), ("zkServer.sh",), ("zkServer.sh",), 2181, finishes=False, stateful=True),
    Kind(
        "cassandra", ("cassandra", "scylla"), ("cassandra",), ("cqlsh", "nodetool"), 9042,
        finishes=False, stateful=True,
    ),
    Kind("nats", ("nats",), ("nats-server",), (), 4222, finishes=False),
    Kind("mosquitto", ("eclipse-mosquitto",), ("mosquitto",), ("mosquitto_sub", "mosquitto_pub"), 1883, finishes=False),
    Kind("elasticsearch", ("elasticsearch", "opensearch"), ("elasticsearch",), (), 9200, http=True, stateful=True),
    Kind(
        "clickhouse", ("clickhouse", "clickhouse-server"), ("clickhouse-server",), ("clickhouse-client",), 8123,
        http=True, finishes=False, stateful=True,
    ),
    Kind("influxdb", ("influxdb",), ("influxd",), ("influx",), 8086, http=True, stateful=True),
    Kind("etcd", ("etcd",), ("etcd",), ("etcdctl",), 2379, http=True, stateful=True),
    Kind("minio", ("minio",), ("minio",), ("mc",), 9000, http=True, stateful=True),
    Kind(
        "prometheus", ("prometheus",), ("prometheus",), ("promtool",), 9090, http=True, stateful=True,
        unclean=(Sign("A lockfile from a previous execution already existed", _RECOVERY, Confidence.LIKELY),),
    ),
    Kind(
        "nginx", ("nginx", "nginx-unprivileged", "openresty"), ("nginx", "openresty"), (), 80,
        http=True, signal="SIGQUIT",
    ),
    Kind(
        "httpd", ("httpd",), ("httpd", "httpd-foreground", "apache2", "apache2-foreground", "apachectl"), (), 80,
        http=True, signal="SIGWINCH",
    ),
    Kind("php-fpm", (), ("php-fpm",), ("cgi-fcgi", "php-fpm-healthcheck"), 9000, signal="SIGQUIT"),
    Kind("haproxy", ("haproxy",), ("haproxy",), (), 80, http=True, signal="SIGUSR1"),
    Kind("traefik", ("traefik",), ("traefik",), (), 80, http=True),
    Kind("caddy", ("caddy",), ("caddy",), (), 80, http=True),
)  # fmt: skip
