// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls every operation on what Droplets are made of and attached to, and expects the status that the document names. */
final class DropletPartsWalk {
    private final Client client;

    DropletPartsWalk(Client client) {
        this.client = client;
    }

    void walk() {
        walkImages();
        walkKeys();
        walkVpcs();
        walkVolumes();
        walkLoadBalancers();
        walkReservedIps();
        walkCertificates();
    }

    private void walkImages() {
        expect(200, "GET", "/v2/regions", null);
        expect(200, "GET", "/v2/sizes", null);
        expect(200, "GET", "/v2/images?type=distribution", null);
        expect(200, "GET", "/v2/images/1000", null);
        String custom = "{\"name\":\"own\",\"url\":\"http://images.example/own.qcow2\",\"region\":\"fra1\",\"distribution\":\"Debian\",\"tags\":[\"shop\"]}";
        String id = expect(202, "POST", "/v2/images", custom).json().at("/image/id").asText();
        String one = "/v2/images/" + id;
        expect(200, "GET", "/v2/images?private=true&tag_name=shop", null);
        expect(200, "PUT", one, "{\"name\":\"renamed\"}");
        String action = expect(201, "POST", one + "/actions", "{\"type\":\"transfer\",\"region\":\"ams3\"}").json().get("id").asText();
        expect(200, "GET", one + "/actions", null);
        expect(200, "GET", one + "/actions/" + action, null);
        expect(204, "DELETE", one, null);
    }

    private void walkKeys() {
        expect(200, "GET", "/v2/account/keys", null);
        String key = "{\"name\":\"mine\",\"public_key\":\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA mine\"}";
        Client.Reply made = expect(201, "POST", "/v2/account/keys", key);
        expect(422, "POST", "/v2/account/keys", key);
        String one = "/v2/account/keys/" + made.json().at("/ssh_key/id").asText();
        expect(200, "GET", one, null);
        expect(200, "PUT", one, "{\"name\":\"renamed\"}");
        expect(204, "DELETE", one, null);
    }

    private void walkVpcs() {
        expect(200, "GET", "/v2/vpcs", null);
        String id = expect(201, "POST", "/v2/vpcs", "{\"name\":\"new-net\",\"region\":\"ams3\",\"ip_range\":\"10.20.0.0/20\"}").json().at("/vpc/id").asText();
        String one = "/v2/vpcs/" + id;
        expect(200, "GET", one, null);
        expect(200, "PUT", one, "{\"name\":\"net\",\"description\":\"d\"}");
        expect(200, "PATCH", one, "{\"description\":\"e\"}");
        expect(200, "GET", one + "/members", null);
        expect(204, "DELETE", one, null);
    }

    private void walkVolumes() {
        String body = "{\"name\":\"%s\",\"size_gigabytes\":10,\"region\":\"fra1\",\"tags\":[\"shop\"]}";
        String id = expect(201, "POST", "/v2/volumes", body.formatted("data-1")).json().at("/volume/id").asText();
        expect(201, "POST", "/v2/volumes", body.formatted("data-2"));
        String one = "/v2/volumes/" + id;
        expect(200, "GET", "/v2/volumes?name=data-1", null);
        String resources = "{\"resources\":[{\"resource_id\":\"" + id + "\",\"resource_type\":\"volume\"}]}";
        expect(204, "POST", "/v2/tags/shop-db/resources", resources);
        assertThat(expect(200, "GET", "/v2/tags/shop-db", null).json().at("/tag/resources/volumes/count").asInt()).isEqualTo(1);
        assertThat(client.get("/v2/tags/shop-db").json().at("/tag/resources/count").asInt()).isEqualTo(2);
        expect(204, "DELETE", "/v2/tags/shop-db/resources", resources);
        String action = expect(202, "POST", one + "/actions", "{\"type\":\"attach\",\"droplet_id\":300101}").json().at("/action/id").asText();
        expect(200, "GET", one, null);
        expect(200, "GET", one + "/actions", null);
        expect(200, "GET", one + "/actions/" + action, null);
        expect(202, "POST", "/v2/volumes/actions", "{\"type\":\"detach\",\"volume_name\":\"data-1\",\"droplet_id\":300101}");
        String snapshot = expect(201, "POST", one + "/snapshots", "{\"name\":\"data-1-now\"}").json().at("/snapshot/id").asText();
        expect(200, "GET", one + "/snapshots", null);
        expect(200, "GET", "/v2/volumes/snapshots/" + snapshot, null);
        expect(200, "GET", "/v2/snapshots", null);
        String ofDroplet = expect(200, "GET", "/v2/snapshots?resource_type=droplet", null).json().at("/snapshots/0/id").asText();
        expect(200, "GET", "/v2/snapshots/" + ofDroplet, null);
        expect(204, "DELETE", "/v2/snapshots/" + ofDroplet, null);
        expect(204, "DELETE", "/v2/volumes/snapshots/" + snapshot, null);
        expect(204, "DELETE", one, null);
        expect(204, "DELETE", "/v2/volumes?name=data-2&region=fra1", null);
    }

    private void walkLoadBalancers() {
        String rule = "{\"entry_protocol\":\"http\",\"entry_port\":80,\"target_protocol\":\"http\",\"target_port\":%d}";
        String body = "{\"name\":\"front\",\"region\":\"fra1\",\"forwarding_rules\":[" + rule.formatted(8_080) + "],\"droplet_ids\":[300102]}";
        String one = "/v2/load_balancers/" + expect(202, "POST", "/v2/load_balancers", body).json().at("/load_balancer/id").asText();
        expect(200, "GET", "/v2/load_balancers", null);
        expect(200, "GET", one, null);
        expect(200, "PUT", one, body.replace("front", "front-2"));
        expect(204, "POST", one + "/droplets", "{\"droplet_ids\":[300101]}");
        expect(204, "DELETE", one + "/droplets", "{\"droplet_ids\":[300101]}");
        expect(204, "POST", one + "/forwarding_rules", "{\"forwarding_rules\":[" + rule.formatted(8_081) + "]}");
        expect(204, "DELETE", one + "/forwarding_rules", "{\"forwarding_rules\":[" + rule.formatted(8_081) + "]}");
        expect(204, "DELETE", one + "/cache", null);
        expect(204, "DELETE", one, null);
    }

    private void walkReservedIps() {
        expect(202, "POST", "/v2/reserved_ips", "{\"droplet_id\":300101}");
        String one = "/v2/reserved_ips/" + expect(202, "POST", "/v2/reserved_ips", "{\"region\":\"fra1\"}").json().at("/reserved_ip/ip").asText();
        expect(200, "GET", "/v2/reserved_ips", null);
        expect(200, "GET", one, null);
        String action = expect(201, "POST", one + "/actions", "{\"type\":\"assign\",\"droplet_id\":300102}").json().at("/action/id").asText();
        expect(200, "GET", one + "/actions", null);
        expect(200, "GET", one + "/actions/" + action, null);
        expect(204, "DELETE", one, null);
    }

    private void walkCertificates() {
        String body = "{\"name\":\"web\",\"type\":\"lets_encrypt\",\"dns_names\":[\"www.shop.example\"]}";
        String one = "/v2/certificates/" + expect(201, "POST", "/v2/certificates", body).json().at("/certificate/id").asText();
        expect(200, "GET", "/v2/certificates", null);
        expect(200, "GET", one, null);
        expect(204, "DELETE", one, null);
    }

    private Client.Reply expect(int status, String method, String path, String body) {
        return client.expect(status, method, path, body);
    }
}
