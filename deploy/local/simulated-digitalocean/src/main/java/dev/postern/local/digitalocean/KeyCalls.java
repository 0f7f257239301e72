// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** /v2/account/keys: public SSH keys, by id or fingerprint. */
final class KeyCalls {
    private static final String ONE = "/v2/account/keys/{ssh_key_identifier}";

    private KeyCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/account/keys", call -> Paging.page(call, "ssh_keys", call.account().keys.values(), key -> key))
            .on("POST", "/v2/account/keys", KeyCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("ssh_key", key(call))))
            .on("PUT", ONE, KeyCalls::rename)
            .on("DELETE", ONE, KeyCalls::delete);
    }

    /** Null if there is none of that id or fingerprint. */
    static ObjectNode find(CloudAccount account, String idOrFingerprint) {
        return account.keys.values().stream()
            .filter(key -> key.get("id").asText().equals(idOrFingerprint) || key.get("fingerprint").textValue().equals(idOrFingerprint))
            .findFirst().orElse(null);
    }

    static ObjectNode add(CloudAccount account, long id, String name, String publicKey) {
        ObjectNode key = Json.MAPPER.createObjectNode().put("id", id).put("fingerprint", fingerprint(publicKey)).put("public_key", publicKey).put("name", name);
        account.keys.put(id, key);
        return key;
    }

    private static ObjectNode key(DigitalOceanCall call) {
        ObjectNode key = find(call.account(), call.name("ssh_key_identifier"));
        if (key == null) {
            throw Refusal.notFound();
        }
        return key;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", 255);
        String publicKey = Json.requiredText(body, "public_key", 16_384);
        if (find(call.account(), fingerprint(publicKey)) != null) {
            throw Refusal.unprocessable("SSH Key is already in use on your account");
        }
        return SimulatedResponse.created(SimulatedResponse.wrapped("ssh_key", add(call.account(), call.account().newId(), name, publicKey)));
    }

    private static SimulatedResponse rename(DigitalOceanCall call) {
        ObjectNode key = key(call);
        String name = Json.text(call.json(), "name", 255);
        if (name != null) {
            key.put("name", name);
        }
        return SimulatedResponse.ok(SimulatedResponse.wrapped("ssh_key", key));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        call.account().keys.remove(key(call).get("id").longValue());
        return SimulatedResponse.noContent();
    }

    /** MD5 of the key's bytes, in pairs of hexadecimal digits with colons between them. */
    private static String fingerprint(String publicKey) {
        try {
            String[] parts = publicKey.trim().split(" +");
            byte[] key = Base64.getDecoder().decode(parts[Math.min(1, parts.length - 1)]);
            return HexFormat.ofDelimiter(":").formatHex(MessageDigest.getInstance("MD5").digest(key));
        } catch (IllegalArgumentException noBase64) {
            throw Refusal.unprocessable("Key invalid, key should be of the format `type key [comment]`");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
