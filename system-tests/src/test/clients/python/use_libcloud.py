"""Apache Libcloud within its grant and outside it; every line that it prints is checked."""
import os
from urllib.parse import urlparse

from libcloud.compute.drivers.digitalocean import DigitalOceanNodeDriver
from libcloud.dns.drivers.digitalocean import DigitalOceanDNSDriver
from libcloud.dns.types import RecordType

gateway = urlparse(os.environ["POSTERN_GATEWAY"])


def driver(kind):
    made = kind(os.environ["POSTERN_TOKEN"])
    made.connection.secure, made.connection.host, made.connection.port = False, gateway.hostname, gateway.port
    made.connection.connect()
    return made


def attempt(what, call):
    try:
        print(what, "->", call())
    except Exception as refused:
        print(what, "refused:", type(refused).__name__, refused)


dns = driver(DigitalOceanDNSDriver)
print("zones", [zone.domain for zone in dns.list_zones()])
zone = dns.get_zone(os.environ["DOMAIN"])
print("records", len(dns.list_records(zone)))
record = dns.create_record("libcloud", zone, RecordType.TXT, "one")
print("updated", dns.update_record(record, "libcloud", RecordType.TXT, "two").data)
print("deleted", dns.delete_record(record))
compute = driver(DigitalOceanNodeDriver)
node = compute.ex_get_node_details(os.environ["DROPLET"])
print("droplet", node.name)
print("restarted", compute.reboot_node(node))
attempt("other domain", lambda: dns.get_zone(os.environ["OTHER_DOMAIN"]).domain)
attempt("delete", lambda: dns.delete_zone(zone))
attempt("other droplet", lambda: compute.ex_get_node_details("300201").name)
