"""python-digitalocean within its grant and outside it; every line that it prints is checked."""
import os

import digitalocean

token = os.environ["POSTERN_TOKEN"]
domain, other, droplet = os.environ["DOMAIN"], os.environ["OTHER_DOMAIN"], os.environ["DROPLET"]
firewall = os.environ["FIREWALL"]


def attempt(what, call):
    try:
        print(what, "->", call())
    except Exception as refused:
        print(what, "refused:", type(refused).__name__, refused)


manager = digitalocean.Manager(token=token)
print("domains", [each.name for each in manager.get_all_domains()])
zone = manager.get_domain(domain)
print("records", len(zone.get_records()))
made = zone.create_new_domain_record(type="TXT", name="python", data="one")["domain_record"]["id"]
record = [each for each in zone.get_records() if each.id == made][0]
record.data = "two"
record.save()
print("saved", [each.data for each in zone.get_records() if each.id == made])
record.destroy()
print("left", len(zone.get_records()))
machine = manager.get_droplet(droplet)
print("droplet", machine.name, machine.status)
machine.reboot()
print("actions", machine.get_actions()[0].type)
print("rules", [rule.ports for rule in manager.get_firewall(firewall).inbound_rules])
attempt("other domain", lambda: manager.get_domain(other).name)
attempt("delete", zone.destroy)
attempt("power off", lambda: manager.get_droplet("300201").power_off())
