"""When what images hold stops to be mended, as data. Read by `image_lifecycle` when a rule asks for it.

The dates are those of https://github.com/endoflife-date/endoflife.date (its `products/`, at commit a70eca337600 of 2026-08-22),
which names its sources. For Debian it is the end of the free long-term support, for Ubuntu that of the standard support. Of
products that end a release as soon as the next one is out (Docker, Elixir, Go, Grafana, Keycloak, Neo4j, nginx, RabbitMQ,
Traefik), only those a year past are taken to have ended.
"""

from __future__ import annotations

from functools import cache

from capdrop.source import Record

AS_OF = "2026-11-22"
"""The day that all dates are compared with, so that the same version always says the same of the same file."""


@cache
def _table(rows: str) -> dict[str, str]:
    return dict(row.split("=") for row in rows.split())


class Product(Record):
    """What images hold: its `title`, its `images` (in full), its release lines with the days on which they end (`-`: no day is
    set), and the `names` under which tags know them. `older` says that lines older than all of these have ended too."""

    __slots__ = ("_ends", "_names", "images", "older", "title")

    def __init__(self, title: str, images: str, ends: str, *, names: str = "", older: bool = True) -> None:
        self.title = title
        self.images = tuple(images.split())
        self._ends = ends
        self._names = names
        self.older = older

    @property
    def ends(self) -> dict[str, str]:
        """The days by release line; read when asked for, as a run meets few products."""
        return _table(self._ends)

    @property
    def names(self) -> dict[str, str]:
        """The release lines by their names."""
        return _table(self._names)


PRODUCTS = (
    Product(
        "Debian",
        "docker.io/library/debian",
        (
            "13=2030-06-30 12=2028-06-30 11=2026-08-31 10=2024-06-30 9=2022-07-01 8=2020-06-30 7=2018-05-31 6=2016-02-29 5=2012-02-06 "
            "4=2010-02-15 3.1=2008-03-31 3.0=2006-06-30 2.2=2003-06-30 2.1=2000-10-30 2.0=1999-02-15 1.3=1998-12-08 1.2=1997-10-23 "
            "1.1=1996-12-12"
        ),
        names=("trixie=13 bookworm=12 bullseye=11 buster=10 stretch=9 jessie=8 wheezy=7 squeeze=6 lenny=5 etch=4"),
    ),
    Product(
        "Ubuntu",
        "docker.io/library/ubuntu public.ecr.aws/ubuntu/ubuntu",
        (
            "26.04=2031-04-30 25.10=2026-07-01 25.04=2026-01-17 24.10=2025-07-10 24.04=2029-05-31 23.10=2024-07-12 23.04=2024-01-20 "
            "22.10=2023-07-20 22.04=2027-04-01 21.10=2022-07-14 21.04=2022-01-20 20.10=2021-07-22 20.04=2025-05-31 19.10=2020-07-06 "
            "19.04=2020-01-23 18.10=2019-07-18 18.04=2023-05-31 17.10=2018-07-19 17.04=2018-01-13 16.10=2017-07-20 16.04=2021-04-02 "
            "15.10=2016-07-28 15.04=2016-02-04 14.10=2015-07-23 14.04=2019-04-02 13.10=2014-07-17 13.04=2014-01-27 12.10=2014-05-16 "
            "12.04=2017-04-28 11.10=2013-05-09 11.04=2012-10-28 10.10=2012-04-10 10.04=2013-05-09 9.10=2011-04-30 9.04=2010-10-23 "
            "8.10=2010-04-30 8.04=2013-05-09 7.10=2009-04-18 7.04=2008-10-19 6.10=2008-04-26 6.06=2011-06-01 5.10=2007-04-13 "
            "5.04=2006-10-31 4.10=2006-04-30"
        ),
        names=(
            "resolute=26.04 questing=25.10 plucky=25.04 oracular=24.10 noble=24.04 mantic=23.10 lunar=23.04 kinetic=22.10 jammy=22.04 "
            "impish=21.10 hirsute=21.04 groovy=20.10 focal=20.04 eoan=19.10 disco=19.04 cosmic=18.10 bionic=18.04 artful=17.10 "
            "zesty=17.04 yakkety=16.10 xenial=16.04 wily=15.10 vivid=15.04 utopic=14.10 trusty=14.04 saucy=13.10 raring=13.04 "
            "quantal=12.10 precise=12.04 oneiric=11.10 natty=11.04 maverick=10.10 lucid=10.04 karmic=9.10 jaunty=9.04 intrepid=8.10 "
            "hardy=8.04 gutsy=7.10 feisty=7.04 edgy=6.10 dapper=6.06 breezy=5.10 hoary=5.04 warty=4.10"
        ),
    ),
    Product(
        "Alpine Linux",
        "docker.io/library/alpine",
        (
            "3.24=2028-06-01 3.23=2027-11-01 3.22=2027-05-01 3.21=2026-11-01 3.20=2026-04-01 3.19=2025-11-01 3.18=2025-05-09 "
            "3.17=2024-11-22 3.16=2024-05-23 3.15=2023-11-01 3.14=2023-05-01 3.13=2022-11-01 3.12=2022-05-01 3.11=2021-11-01 "
            "3.10=2021-05-01 3.9=2020-11-01 3.8=2020-05-01 3.7=2019-11-01 3.6=2019-05-01 3.5=2018-11-01 3.4=2018-05-01 3.3=2017-11-01 "
            "3.2=2017-05-01 3.1=2016-11-01 3.0=2016-05-01 2.7=2015-11-01 2.6=2015-05-01 2.5=2014-11-01 2.4=2014-05-01 2.3=2013-11-01 "
            "2.2=2013-05-01 2.1=2012-11-01"
        ),
    ),
    Product(
        "CentOS",
        "docker.io/library/centos quay.io/centos/centos",
        "8=2021-12-31 7=2024-06-30 6=2020-11-30 5=2017-03-31",
        names="latest=8 centos8=8 centos7=7 centos6=6 centos5=5",
    ),
    Product(
        "Fedora",
        "docker.io/library/fedora registry.fedoraproject.org/fedora registry.fedoraproject.org/fedora-minimal quay.io/fedora/fedora",
        (
            "44=2027-06-02 43=2026-12-09 42=2026-05-27 41=2025-12-15 40=2025-05-13 39=2024-11-26 38=2024-05-21 37=2023-12-05 "
            "36=2023-05-16 35=2022-12-13 34=2022-06-07 33=2021-11-30 32=2021-05-25 31=2020-11-24 30=2020-05-26 29=2019-11-26 "
            "28=2019-05-28 27=2018-11-30 26=2018-05-29 25=2017-12-12 24=2017-08-08 23=2016-12-20 22=2016-07-19 21=2015-12-01 "
            "20=2015-06-23 19=2015-01-06 18=2014-01-14 17=2013-07-30 16=2013-02-12 15=2012-06-26 14=2011-12-09 13=2011-06-24 "
            "12=2010-12-02 11=2010-06-25 10=2009-12-17 9=2009-07-10 8=2009-01-07 7=2008-06-13 6=2007-12-07 5=2007-07-02 4=2006-08-07 "
            "3=2006-01-16 2=2005-04-11 1=2004-09-20"
        ),
    ),
    Product(
        "Amazon Linux",
        "docker.io/library/amazonlinux public.ecr.aws/amazonlinux/amazonlinux",
        (
            "1=2023-12-31 2023=2029-06-30 2=2026-06-30 2018.03=2023-12-31 2017.09=2023-12-31 2017.03=2023-12-31 2016.09=2023-12-31 "
            "2016.03=2023-12-31 2015.09=2023-12-31 2015.03=2023-12-31 2014.09=2023-12-31 2014.03=2023-12-31 2013.09=2023-12-31 "
            "2013.03=2023-12-31 2012.09=2023-12-31 2012.03=2023-12-31 2011.09=2023-12-31 2010.11=2023-12-31"
        ),
        older=False,
    ),
    Product(
        "Oracle Linux",
        "docker.io/library/oraclelinux",
        "10=- 9=2032-06-30 8=2029-07-31 7=2024-12-31 6=2021-03-31",
    ),
    Product(
        "openSUSE Leap",
        "docker.io/opensuse/leap registry.opensuse.org/opensuse/leap",
        (
            "16.0=2027-10-31 15.6=2026-04-30 15.5=2024-12-31 15.4=2023-12-07 15.3=2022-12-31 15.2=2022-01-04 15.1=2021-02-02 "
            "15.0=2019-12-03 42.3=2019-07-01 42.2=2018-01-26 42.1=2017-05-17 13.2=2017-01-17 13.1=2016-02-03 12.3=2015-01-29 "
            "12.2=2014-01-15 12.1=2013-05-15 11.4=2012-11-05 11.3=2012-01-20 11.2=2011-05-12 11.1=2011-01-14 11.0=2010-07-26"
        ),
    ),
    Product(
        "Node.js",
        "docker.io/library/node",
        (
            "26=2029-04-30 25=2026-06-01 24=2028-04-30 23=2025-06-01 22=2027-04-30 21=2024-06-01 20=2026-04-30 19=2023-06-01 "
            "18=2025-04-30 17=2022-06-01 16=2023-09-11 15=2021-06-01 14=2023-04-30 13=2020-06-01 12=2022-04-30 11=2019-06-30 "
            "10=2021-04-30 9=2018-06-30 8=2019-12-31 7=2017-06-30 6=2019-04-30 5=2016-06-30 4=2018-04-30"
        ),
        names="argon=4 boron=6 carbon=8 dubnium=10 erbium=12 fermium=14 gallium=16 hydrogen=18 iron=20 jod=22 krypton=24",
    ),
    Product(
        "Python",
        "docker.io/library/python",
        (
            "3.14=2030-10-31 3.13=2029-10-31 3.12=2028-10-31 3.11=2027-10-31 3.10=2026-10-31 3.9=2025-10-31 3.8=2024-10-07 "
            "3.7=2023-06-27 3.6=2021-12-23 3.5=2020-09-30 3.4=2019-03-18 3.3=2017-09-29 3.2=2016-02-20 2.7=2020-01-01 3.1=2012-04-09 "
            "3.0=2009-06-27 2.6=2013-10-29"
        ),
    ),
    Product(
        "PHP",
        "docker.io/library/php",
        (
            "8.5=2029-12-31 8.4=2028-12-31 8.3=2027-12-31 8.2=2026-12-31 8.1=2025-12-31 8.0=2023-11-26 7.4=2022-11-28 7.3=2021-12-06 "
            "7.2=2020-11-30 7.1=2019-12-01 7.0=2019-01-10 5.6=2018-12-31 5.5=2016-07-21 5.4=2015-09-14 5.3=2014-08-14 5.2=2011-01-06 "
            "5.1=2006-08-24 5.0=2005-09-05"
        ),
    ),
    Product(
        "Ruby",
        "docker.io/library/ruby",
        (
            "4.0=2029-03-31 3.4=2028-03-31 3.3=2027-03-31 3.2=2026-03-31 3.1=2025-03-26 3.0=2024-04-23 2.7=2023-03-31 2.6=2022-03-31 "
            "2.5=2021-03-31 2.4=2020-03-31 2.3=2019-03-31 2.2=2018-03-31 2.1=2017-03-31 2.0.0=2016-02-24 1.9.3=2015-02-23"
        ),
    ),
    Product(
        "Perl",
        "docker.io/library/perl",
        (
            "5.44=2029-07-15 5.42=2028-07-03 5.40=2027-06-09 5.38=2026-07-02 5.36=2025-05-27 5.34=2024-05-20 5.32=2023-06-20 "
            "5.30=2022-05-22 5.28=2021-06-23 5.26=2020-05-30"
        ),
    ),
    Product(
        "Go",
        "docker.io/library/golang",
        (
            "1.27=- 1.26=- 1.25=- 1.24=- 1.23=2025-08-12 1.22=2025-02-11 1.21=2024-08-13 1.20=2024-02-06 1.19=2023-09-06 "
            "1.18=2023-02-01 1.17=2022-08-02 1.16=2022-03-15 1.15=2021-08-16 1.14=2021-02-16 1.13=2020-08-11 1.12=2020-02-25 "
            "1.11=2019-09-03 1.10=2019-02-25"
        ),
    ),
    Product(
        "Erlang/OTP",
        "docker.io/library/erlang",
        (
            "29=2029-05-11 28=2028-05-20 27=2027-05-20 26=2026-05-26 25=2025-05-17 24=2024-05-10 23=2024-03-14 22=2024-03-18 "
            "21=2021-06-19 20=2020-06-21 19=2019-06-21 18=2018-11-09 17=2018-10-11"
        ),
    ),
    Product(
        "Elixir",
        "docker.io/library/elixir",
        (
            "1.20=- 1.19=- 1.18=- 1.17=- 1.16=- 1.15=- 1.14=2025-10-16 1.13=2024-12-19 1.12=2024-06-12 1.11=2023-12-22 "
            "1.10=2023-06-19 1.9=2022-09-01 1.8=2021-12-03 1.7=2021-05-19 1.6=2020-10-06 1.5=2020-01-27 1.4=2019-06-24"
        ),
    ),
    Product(
        "Java",
        "docker.io/library/eclipse-temurin",
        (
            "26=2026-09-15 25=2031-09-30 24=2025-09-16 23=2025-03-18 22=2024-09-17 21=2029-12-31 20=2023-09-19 19=2023-03-31 "
            "18=2022-09-30 17=2027-10-31 11=2027-10-31 16=2021-09-30 8=2030-12-31"
        ),
        older=False,
    ),
    Product(
        "Java",
        "docker.io/library/amazoncorretto",
        (
            "26=2026-10-31 25=2032-10-31 24=2025-10-31 23=2025-04-30 22=2024-10-15 21=2030-10-31 20=2023-10-17 19=2023-04-19 "
            "18=2022-10-18 17=2029-10-31 16=2021-10-19 15=2021-04-20 11=2032-01-31 8=2030-12-31"
        ),
        older=False,
    ),
    Product(
        ".NET",
        (
            "mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/dotnet/aspnet mcr.microsoft.com/dotnet/runtime "
            "mcr.microsoft.com/dotnet/runtime-deps mcr.microsoft.com/dotnet/core/sdk mcr.microsoft.com/dotnet/core/aspnet "
            "mcr.microsoft.com/dotnet/core/runtime mcr.microsoft.com/dotnet/core/runtime-deps"
        ),
        (
            "10=2028-11-14 9=2026-11-10 8=2026-11-10 7=2024-05-14 6=2024-11-12 5=2022-05-10 3.1=2022-12-13 3.0=2020-03-03 "
            "2.2=2019-12-23 2.1=2021-08-21 2.0=2018-10-01 1.1=2019-06-27 1.0=2019-06-27"
        ),
    ),
    Product(
        "PostgreSQL",
        "docker.io/library/postgres",
        (
            "18=2030-11-14 17=2029-11-08 16=2028-11-09 15=2027-11-11 14=2026-11-12 13=2025-11-13 12=2024-11-21 11=2023-11-09 "
            "10=2022-11-10 9.6=2021-11-11 9.5=2021-02-11 9.4=2020-02-13 9.3=2018-11-08 9.2=2017-11-09 9.1=2016-10-27 9.0=2015-10-08 "
            "8.4=2014-07-24 8.3=2013-02-07 8.2=2011-12-05 8.1=2010-11-08 8.0=2010-10-01 7.4=2010-10-01 7.3=2007-11-27 7.2=2007-02-04 "
            "7.1=2006-04-13 7.0=2005-05-08 6.5=2004-06-09 6.4=2003-10-30 6.3=2003-03-01"
        ),
    ),
    Product(
        "MySQL",
        "docker.io/library/mysql docker.io/mysql/mysql-server",
        (
            "9.7=2034-04-21 9.6=2026-04-21 9.5=2026-01-20 9.4=2025-10-21 9.3=2025-07-22 9.2=2025-04-15 9.1=2025-01-21 9.0=2024-10-15 "
            "8.4=2032-04-30 8.3=2024-04-10 8.2=2023-12-14 8.1=2023-10-25 8.0=2026-04-30 5.7=2023-10-31 5.6=2021-02-28 5.5=2018-12-31"
        ),
    ),
    Product(
        "MariaDB",
        "docker.io/library/mariadb",
        (
            "12.3=2029-06-12 12.2=2026-05-28 12.1=2026-02-13 12.0=2025-11-18 11.8=2028-06-04 11.7=2025-05-12 11.6=2025-02-13 "
            "11.5=2024-11-21 11.4=2029-05-29 11.3=2024-05-29 11.2=2024-11-21 11.1=2024-08-21 11.0=2024-06-06 10.11=2028-02-16 "
            "10.10=2023-11-17 10.9=2023-08-22 10.8=2023-05-20 10.7=2023-02-09 10.6=2026-07-06 10.5=2025-06-24 10.4=2024-06-18 "
            "10.3=2023-05-25 10.2=2022-05-23 10.1=2020-10-17 10.0=2019-03-31 5.5=2020-04-11 5.3=2017-03-01 5.2=2015-11-10 "
            "5.1=2015-02-01"
        ),
    ),
    Product(
        "MongoDB",
        "docker.io/library/mongo",
        (
            "8.3=2029-10-31 8.2=2026-07-31 8.1=2025-09-30 8.0=2029-10-31 7.3=2024-10-02 7.2=2024-03-27 7.1=2024-01-23 7.0=2027-08-31 "
            "6.3=2023-08-31 6.2=2023-04-24 6.1=2023-02-09 6.0=2025-07-31 5.3=2022-07-19 5.2=2022-03-23 5.1=2022-01-19 5.0=2024-10-31 "
            "4.4=2024-02-29 4.2=2023-04-30 4.0=2022-04-30 3.6=2021-04-30 3.4=2020-01-31 3.2=2018-09-30 3.0=2018-02-28 2.6=2016-10-31 "
            "2.4=2013-03-31 2.2=2014-02-28 2.0=2013-03-31 1.8=2012-09-30 1.6=2012-02-28 1.4=2012-09-30 1.2=2011-06-30 1.0=2010-08-31"
        ),
    ),
    Product(
        "Redis",
        "docker.io/library/redis",
        (
            "8.10=- 8.8=- 8.6=- 8.4=- 8.2=2030-09-01 8.0=2026-12-01 7.4=2029-12-01 7.2=2029-12-01 7.0=2024-07-29 6.2=2027-04-01 "
            "6.0=2022-05-31 5.0=2022-04-27"
        ),
    ),
    Product(
        "Elasticsearch",
        "docker.io/library/elasticsearch docker.elastic.co/elasticsearch/elasticsearch docker.io/elastic/elasticsearch",
        "9=- 8=2027-07-15 7=2026-01-15 6=2022-02-10",
    ),
    Product(
        "Kibana",
        "docker.io/library/kibana docker.elastic.co/kibana/kibana docker.io/elastic/kibana",
        "9=- 8=2027-07-15 7=2026-01-15 6=2022-02-10",
    ),
    Product(
        "Logstash",
        "docker.io/library/logstash docker.elastic.co/logstash/logstash docker.io/elastic/logstash",
        "9=- 8=2027-07-15 7=2026-01-15 6=2022-02-10",
    ),
    Product(
        "CouchDB",
        "docker.io/library/couchdb",
        "3.5=- 3.4=- 3.3=2025-05-05 3.2=2024-09-20",
    ),
    Product(
        "Cassandra",
        "docker.io/library/cassandra",
        "5.0=- 4.1=- 4.0=- 3.11=2024-09-05 3.0=2024-09-05",
    ),
    Product(
        "Neo4j",
        "docker.io/library/neo4j",
        (
            "2026.07=- 2026.06=- 2026.05=- 2026.04=- 2026.03=- 2026.02=- 2026.01=- 2025.12=- 2025.11=- 2025.10=- 2025.09=2025-10-30 "
            "2025.08=2025-09-29 2025.07=2025-08-15 2025.06=2025-07-31 2025.05=2025-07-02 2025.04=2025-06-03 2025.03=2025-04-30 "
            "2025.02=2025-03-27 2025.01=2025-02-27 5.26=- 5.25=2024-12-06 5.24=2024-10-31 5.23=2024-09-27 5.22=2024-08-22 "
            "5.21=2024-07-24 5.20=2024-06-28 5.19=2024-05-23 5.18=2024-04-12 5.17=2024-03-13 5.16=2024-02-23 5.15=2024-01-22 "
            "5.14=2023-12-15 5.13=2023-11-24 5.12=2023-10-23 5.11=2023-09-14 5.10=2023-08-15 5.9=2023-07-19 5.8=2023-06-15 "
            "5.7=2023-05-16 5.6=2023-04-20 5.5=2023-03-24 5.4=2023-02-16 5.3=2023-01-26 5.2=2022-12-15 5.1=2022-11-21 4.4=- "
            "4.3=2022-12-16 4.2=2022-05-16 4.1=2021-12-22 4.0=2021-07-14 3.5=2022-05-27 3.4=2020-03-31 3.3=2019-04-28 3.2=2018-11-30 "
            "3.1=2018-06-13 3.0=2017-10-31 2.3=2017-04-21 2.2=2016-09-25 2.1=2015-11-29 2.0=2015-06-11 1.9=2014-11-21 1.8=2014-03-28 "
            "1.7=2013-10-18 1.6=2013-07-22 1.5=2013-03-09 1.4=2013-01-08 1.3=2012-09-12 1.2=2012-06-29 1.1=2012-01-30 1.0=2011-08-23"
        ),
    ),
    Product(
        "RabbitMQ",
        "docker.io/library/rabbitmq",
        (
            "4.3=- 4.2=- 4.1=- 4.0=2025-04-15 3.13=2024-09-17 3.12=2024-02-21 3.11=2023-06-01 3.10=2022-09-28 3.9=2023-01-31 "
            "3.8=2022-07-31 3.7=2020-09-30 3.6=2018-05-31 3.5=2016-10-31 3.4=2015-10-31 3.3=2015-03-31 3.2=2014-10-31 3.1=2014-04-30 "
            "3.0=2013-11-30"
        ),
    ),
    Product(
        "memcached",
        "docker.io/library/memcached",
        "1.6=- 1.5=2020-03-09 1.4=2017-07-21",
    ),
    Product(
        "nginx",
        "docker.io/library/nginx docker.io/nginxinc/nginx-unprivileged",
        (
            "1.31=- 1.30=- 1.29=- 1.28=- 1.27=2025-06-24 1.26=2025-04-23 1.25=2024-05-29 1.24=2024-04-23 1.23=2023-05-23 "
            "1.22=2023-04-11 1.21=2022-06-21 1.20=2022-05-24 1.19=2021-05-25 1.18=2021-04-20 1.16=2020-04-20 1.14=2019-04-23 "
            "1.12=2018-04-17 1.10=2017-04-12 1.8=2016-04-26 1.6=2015-04-21 1.4=2014-04-24 1.2=2013-04-24 1.0=2012-04-23"
        ),
    ),
    Product(
        "Apache HTTP Server",
        "docker.io/library/httpd",
        "2.4=- 2.2=2017-07-11 2.0=2013-07-10 1.3=2010-02-03",
    ),
    Product(
        "HAProxy",
        "docker.io/library/haproxy",
        (
            "3.4=2031-04-01 3.3=2027-01-01 3.2=2030-04-01 3.1=2026-01-01 3.0=2029-04-01 2.9=2025-03-21 2.8=2028-04-01 2.7=2024-04-05 "
            "2.6=2027-04-01 2.5=2023-05-02 2.4=2026-04-01 2.3=2022-07-27 2.2=2025-04-23 2.1=2021-03-18 2.0=2024-04-05 1.9=2020-07-31 "
            "1.8=2022-12-09 1.7=2021-10-01 1.6=2020-10-01 1.5=2020-01-10 1.4=2020-01-10 1.3=2016-03-14 1.2=2011-08-06 1.1=2006-01-29 "
            "1.0=2001-12-30"
        ),
    ),
    Product(
        "Traefik",
        "docker.io/library/traefik",
        (
            "3.7=- 3.6=- 3.5=2025-11-07 3.4=2025-07-23 3.3=2025-05-05 3.2=2025-01-06 3.1=2024-10-28 3.0=2024-07-15 2.11=- "
            "2.10=2024-02-12 2.9=2023-04-24 2.8=2022-10-03 2.7=2022-06-29 2.6=2022-05-24 2.5=2022-01-24 2.4=2021-08-17 2.3=2021-01-19 "
            "2.2=2020-09-23 2.1=2020-03-25 2.0=2019-12-11 1.7=2021-12-31"
        ),
    ),
    Product(
        "Tomcat",
        "docker.io/library/tomcat",
        "11.0=- 10.1=- 10.0=2022-10-31 9.0=2027-03-31 8.5=2024-03-31 8.0=2018-06-30 7=2021-03-31 6=2016-12-31 5=2012-09-30",
    ),
    Product(
        "Docker",
        "docker.io/library/docker",
        (
            "29=- 28=- 27=2025-05-03 26.1=2025-02-17 26.0=2024-06-08 25.0=- 24.0=2024-06-08 23.0=2025-05-19 20.10=2023-12-10 "
            "19.03=2021-01-08 18.09=2019-08-22 18.06=2018-12-08 18.05=2018-08-18 18.04=2018-06-09 18.03=2018-05-10 18.02=2018-04-21 "
            "17.12=2018-02-10 18.01=2018-03-07 17.11=2018-01-27 17.10=2017-12-20 17.09=2017-11-17 17.07=2017-10-26 17.06=2017-09-29 "
            "17.05=2017-07-28 17.04=2017-06-04 17.03=2017-05-05"
        ),
    ),
    Product(
        "Drupal",
        "docker.io/library/drupal",
        "11=2027-07-07 10=2026-12-16 9=2023-11-01 8=2021-11-02 7=2025-01-05",
    ),
    Product(
        "Nextcloud",
        "docker.io/library/nextcloud",
        (
            "34=2027-06-30 33=2027-02-28 32=2026-09-30 31=2026-02-28 30=2025-10-31 29=2025-04-30 28=2024-12-31 27=2024-06-30 "
            "26=2024-03-31 25=2023-10-31 24=2023-04-30 23=2022-12-31 22=2022-07-31 21=2022-02-28 20=2021-11-30 19=2021-06-30 "
            "18=2021-01-31 17=2020-10-31 16=2020-06-30 15=2019-12-31 14=2019-09-30 13=2019-02-28 12=2018-11-30 11=2018-03-31 "
            "10=2017-08-31 9=2017-08-31"
        ),
    ),
    Product(
        "Grafana",
        "docker.io/grafana/grafana docker.io/grafana/grafana-oss",
        "13=- 12=- 11=- 10=2025-06-05 9=2024-05-14 8=2023-06-09 7=2022-06-14 6=2021-06-08",
    ),
    Product(
        "Keycloak",
        "quay.io/keycloak/keycloak",
        (
            "26=- 25=2024-10-04 24=2024-06-10 23=2024-03-04 22=2023-11-23 21=2023-07-11 20=2023-02-23 19=2022-11-01 18=2022-07-27 "
            "17=2022-04-20 16=2022-03-11 15=2021-12-17 14=2021-07-15 13=2021-06-18 12=2021-05-06 11=2020-12-16 10=2020-07-22"
        ),
    ),
    Product(
        "OpenSearch",
        "docker.io/opensearchproject/opensearch docker.io/opensearchproject/opensearch-dashboards",
        "3=- 2=- 1=2025-05-06",
    ),
    Product(
        "CentOS Stream",
        "docker.io/library/centos-stream quay.io/centos/centos-stream",
        "8=2024-05-31 9=2027-05-31 10=2030-05-31",
        names="stream8=8 stream9=9 stream10=10",
    ),
    Product(
        "Windows Server",
        "mcr.microsoft.com/windows/servercore mcr.microsoft.com/windows/nanoserver mcr.microsoft.com/windows",
        "20H2=2022-08-09 2004=2021-12-14 1909=2021-05-11 1903=2020-12-08 1803=2019-11-12 1709=2019-04-09",
        names="20H2=20H2 20h2=20H2",
        older=False,
    ),
)

IN_TAGS = {
    "alpine": "Alpine Linux",
    "amazonlinux": "Amazon Linux",
    "centos": "CentOS",
    "debian": "Debian",
    "fedora": "Fedora",
    "php": "PHP",
    "python": "Python",
    "ubuntu": "Ubuntu",
}
"""Words that stand before a version in the tags of other images (`node:22-alpine3.20`), and what they mean there."""
CODENAMES_IN_TAGS = {
    "wheezy": "Debian", "jessie": "Debian", "stretch": "Debian", "buster": "Debian", "bullseye": "Debian",
    "trusty": "Ubuntu", "xenial": "Ubuntu", "bionic": "Ubuntu", "focal": "Ubuntu",
}  # fmt: skip
"""Code names that mean nothing else in a tag (`kinetic` is also a release of ROS)."""
TELLS_ITS_BASE = (
    "docker.io/library/", "docker.io/nvidia/cuda", "nvcr.io/nvidia/cuda", "mcr.microsoft.com/dotnet/", "mcr.microsoft.com/devcontainers/",
    "mcr.microsoft.com/vscode/devcontainers/", "ghcr.io/astral-sh/uv", "gcr.io/distroless/",
)  # fmt: skip
"""Images whose tags, or names, are documented to name the distribution that they are built on."""

MIRRORS = ("mirror.gcr.io/library/", "public.ecr.aws/docker/library/")
"""Copies of the official images, kept by Google and Amazon."""


class Withdrawn(Record):
    """An image that gets no updates any more: since when, and what takes its place. `but` are words in the tags of those that do;
    `versions_only` spares tags that are no version."""

    __slots__ = ("but", "instead", "since", "versions_only")

    def __init__(self, since: str, instead: str = "", *, but: str = "", versions_only: bool = False) -> None:
        self.since = since
        self.instead = instead
        self.but = but
        self.versions_only = versions_only


WITHDRAWN = {
    # Official images: the days are those of `deprecated.md` in https://github.com/docker-library/docs, or of the commit that wrote it.
    "docker.io/library/adoptopenjdk": Withdrawn("2021-08-01", "eclipse-temurin"),
    "docker.io/library/celery": Withdrawn("2017-06-01", "python"),
    "docker.io/library/clearlinux": Withdrawn("2025-07-18"),
    "docker.io/library/clefos": Withdrawn("2024-06-30"),
    "docker.io/library/consul": Withdrawn("2023-06-26", "hashicorp/consul"),  # with Consul 1.16
    "docker.io/library/crux": Withdrawn("2020-06-24"),
    "docker.io/library/django": Withdrawn("2016-12-31", "python"),
    "docker.io/library/emqx": Withdrawn("2025-05-14", "emqx/emqx"),
    "docker.io/library/euleros": Withdrawn("2021-09-01"),
    "docker.io/library/express-gateway": Withdrawn("2022-04-19"),
    "docker.io/library/fsharp": Withdrawn("2021-07-27"),
    "docker.io/library/glassfish": Withdrawn("2016-08-31"),
    "docker.io/library/hipache": Withdrawn("2016-10-11"),
    "docker.io/library/iojs": Withdrawn("2016-10-11", "node"),
    "docker.io/library/java": Withdrawn("2016-12-31", "eclipse-temurin"),
    "docker.io/library/jenkins": Withdrawn("2017-06-22", "jenkins/jenkins"),
    "docker.io/library/jobber": Withdrawn("2022-05-05"),
    "docker.io/library/kaazing-gateway": Withdrawn("2021-09-01"),
    "docker.io/library/known": Withdrawn("2021-02-11"),
    "docker.io/library/mono": Withdrawn("2024-08-09"),
    "docker.io/library/nats-streaming": Withdrawn("2023-06-30", "nats"),
    "docker.io/library/notary": Withdrawn("2025-07-30"),
    "docker.io/library/nuxeo": Withdrawn("2021-09-03"),
    "docker.io/library/openjdk": Withdrawn("2022-07-31", "eclipse-temurin", but="ea"),
    "docker.io/library/opensuse": Withdrawn("2018-05-15", "opensuse/leap"),
    "docker.io/library/owncloud": Withdrawn("2018-06-08", "owncloud/server"),
    "docker.io/library/php-zendserver": Withdrawn("2024-07-26"),
    "docker.io/library/piwik": Withdrawn("2018-09-30", "matomo"),
    "docker.io/library/plone": Withdrawn("2025-10-09", "plone/plone-backend"),
    "docker.io/library/rails": Withdrawn("2016-12-31", "ruby"),
    "docker.io/library/rapidoid": Withdrawn("2019-12-12"),
    "docker.io/library/rockylinux": Withdrawn("2023-11-30", "rockylinux/rockylinux"),  # the last commit to library/rockylinux
    "docker.io/library/sentry": Withdrawn("2020-09-08"),
    "docker.io/library/sl": Withdrawn("2024-06-30"),
    "docker.io/library/sourcemage": Withdrawn("2020-06-23"),
    "docker.io/library/swarm": Withdrawn("2020-06-11"),
    "docker.io/library/thrift": Withdrawn("2020-06-03"),
    "docker.io/library/ubuntu-debootstrap": Withdrawn("2016-06-06", "ubuntu"),
    "docker.io/library/ubuntu-upstart": Withdrawn("2016-06-06", "ubuntu"),
    "docker.io/library/unit": Withdrawn("2025-10-13"),
    "docker.io/library/vault": Withdrawn("2023-06-19", "hashicorp/vault"),  # with Vault 1.14
    # AdoptOpenJDK became Adoptium: deprecated.md of the official image of that name
    "docker.io/adoptopenjdk/": Withdrawn("2021-08-01", "eclipse-temurin"),
    # https://github.com/bitnami/containers/issues/83267
    "docker.io/bitnami/minideb": Withdrawn("", versions_only=True),
    "docker.io/bitnami/": Withdrawn("2025-08-28", versions_only=True),
    "docker.io/bitnamilegacy/": Withdrawn("2025-08-28"),
    # https://github.com/dotnet/dotnet-docker/issues/2848
    "docker.io/microsoft/": Withdrawn("2021-05-28", "mcr.microsoft.com"),
    # Red Hat Enterprise Linux 7, maintenance: endoflife.date, products/rhel.md
    "registry.access.redhat.com/ubi7": Withdrawn("2024-06-30", "ubi9"),
    "registry.access.redhat.com/ubi7-minimal": Withdrawn("2024-06-30", "ubi9-minimal"),
    "registry.access.redhat.com/ubi7-init": Withdrawn("2024-06-30", "ubi9-init"),
    "registry.access.redhat.com/ubi7/": Withdrawn("2024-06-30", "ubi9"),
    "registry.access.redhat.com/rhel7": Withdrawn("2024-06-30"),
    "registry.access.redhat.com/rhel7/": Withdrawn("2024-06-30"),
}
"""Images and, where the name ends in a slash, whole folders of them. The longest name that fits counts."""
