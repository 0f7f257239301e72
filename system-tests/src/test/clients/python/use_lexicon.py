"""Lexicon within its grant and outside it; every line that it prints is checked."""
import os

from lexicon.config import ConfigResolver
from lexicon.providers.digitalocean import Provider


def provider(domain):
    config = ConfigResolver().with_dict({"provider_name": "digitalocean", "domain": domain, "ttl": 120,
                                         "digitalocean": {"auth_token": os.environ["POSTERN_TOKEN"]}})
    made = Provider(config)
    made.api_endpoint = os.environ["POSTERN_GATEWAY"] + "/v2"
    return made


own = provider(os.environ["DOMAIN"])
own.authenticate()
print("records", len(own.list_records()))
own.create_record("TXT", "_acme-challenge", "one")
made = own.list_records("TXT", "_acme-challenge")[0]
own.update_record(made["id"], "TXT", "_acme-challenge", "two")
print("updated", [each["content"] for each in own.list_records("TXT", "_acme-challenge")])
own.delete_record(None, "TXT", "_acme-challenge", None)
print("left", len(own.list_records()))
try:
    other = provider(os.environ["OTHER_DOMAIN"])
    other.authenticate()
    other.create_record("TXT", "_acme-challenge", "one")
    print("created")
except Exception as refused:
    print("refused:", type(refused).__name__, refused)
