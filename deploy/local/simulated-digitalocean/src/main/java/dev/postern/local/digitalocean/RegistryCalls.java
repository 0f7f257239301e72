// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/** /v2/registries, and the older /v2/registry for an account's first one. Subscriptions, options and garbage collection are not simulated. */
final class RegistryCalls {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Set<String> REGIONS = Set.of("nyc3", "sfo3", "sfo2", "ams3", "sgp1", "fra1", "blr1", "syd1");
    private static final Set<String> TIERS = Set.of("starter", "basic", "professional");

    private RegistryCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/registries", RegistryCalls::list)
            .on("POST", "/v2/registries", RegistryCalls::create)
            .on("POST", "/v2/registries/validate-name", RegistryCalls::validateName)
            .on("GET", "/v2/registries/{registry_name}", call -> SimulatedResponse.ok(SimulatedResponse.wrapped("registry", registry(call).json())))
            .on("DELETE", "/v2/registries/{registry_name}", call -> delete(call, registry(call)))
            .on("GET", "/v2/registries/{registry_name}/docker-credentials", call -> credentials(call, registry(call)))
            .on("GET", "/v2/registry", call -> SimulatedResponse.ok(SimulatedResponse.wrapped("registry", only(call).json())))
            .on("POST", "/v2/registry", RegistryCalls::create)
            .on("DELETE", "/v2/registry", call -> delete(call, only(call)))
            .on("GET", "/v2/registry/docker-credentials", call -> credentials(call, only(call)))
            .on("POST", "/v2/registry/validate-name", RegistryCalls::validateName)
            .on("GET", "/v2/registry/{registry_name}/repositories",
                call -> Paging.page(call, "repositories", registry(call).repositories().values(), Registry.Repository::jsonByTags))
            .on("DELETE", "/v2/registries/{registry_name}/repositories/{repository_name}", RegistryCalls::deleteRepository);
        contents(routes, "/v2/registries/{registry_name}");
        contents(routes, "/v2/registry/{registry_name}");
    }

    private static void contents(Routes<DigitalOceanCall> routes, String registry) {
        String repository = registry + "/repositories/{repository_name}";
        routes.on("GET", registry + "/repositoriesV2",
            call -> Paging.page(call, "repositories", registry(call).repositories().values(), Registry.Repository::json))
            .on("GET", repository + "/tags", call -> within(call, found -> Paging.page(call, "tags", found.tags().keySet(), found::tag)))
            .on("DELETE", repository + "/tags/{repository_tag}", RegistryCalls::deleteTag)
            .on("GET", repository + "/digests", call -> within(call, found -> Paging.page(call, "manifests", found.manifests().keySet(), found::manifest)))
            .on("DELETE", repository + "/digests/{manifest_digest}", RegistryCalls::deleteManifest);
    }

    private static SimulatedResponse within(DigitalOceanCall call, Function<Registry.Repository, SimulatedResponse> answer) {
        return answer.apply(registry(call).repository(call.name("repository_name")));
    }

    private static Registry registry(DigitalOceanCall call) {
        Registry registry = call.account().registries.get(call.name("registry_name"));
        if (registry == null) {
            throw Refusal.notFound();
        }
        return registry;
    }

    private static Registry only(DigitalOceanCall call) {
        return call.account().registries.values().stream().findFirst().orElseThrow(() -> Refusal.preconditionFailed("registry does not exist"));
    }

    private static SimulatedResponse list(DigitalOceanCall call) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode all = body.putArray("registries");
        call.account().registries.values().forEach(registry -> all.add(registry.json()));
        return SimulatedResponse.ok(body);
    }

    private static String newName(DigitalOceanCall call, ObjectNode body) {
        String name = Json.requiredText(body, "name", 63);
        if (!NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("name may have lowercase letters, numbers and dashes, at most 63");
        }
        if (call.account().registries.containsKey(name)) {
            throw Refusal.conflict("registry name already exists");
        }
        return name;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = newName(call, body);
        String region = Json.text(body, "region", 16);
        String tier = Json.text(body, "subscription_tier_slug", 32);
        if (region != null && !REGIONS.contains(region) || tier != null && !TIERS.contains(tier)) {
            throw Refusal.unprocessable("region or subscription_tier_slug is not one of those that there are");
        }
        Registry registry = Registry.named(name, region == null ? "fra1" : region, call.nowMicros());
        call.account().registries.put(name, registry);
        return SimulatedResponse.created(SimulatedResponse.wrapped("registry", registry.json()));
    }

    private static SimulatedResponse validateName(DigitalOceanCall call) {
        newName(call, call.json());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse delete(DigitalOceanCall call, Registry registry) {
        call.account().registries.remove(registry.name());
        return SimulatedResponse.noContent();
    }

    /** A credential for the whole registry, whatever is asked: the cloud has no narrower one. Made anew for every call. */
    private static SimulatedResponse credentials(DigitalOceanCall call, Registry registry) {
        String expiry = call.query().getOrDefault("expiry_seconds", "0");
        String readWrite = call.query().getOrDefault("read_write", "false");
        if (!expiry.matches("\\d{1,9}") || !List.of("true", "false").contains(readWrite)) {
            throw Refusal.unprocessable("expiry_seconds must be a number of seconds, read_write true or false");
        }
        String secret = "simulated-" + registry.name() + "-" + UUID.randomUUID();
        String auth = Base64.getEncoder().encodeToString((secret + ":" + secret).getBytes(StandardCharsets.UTF_8));
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject("auths").putObject("registry.digitalocean.com").put("auth", auth);
        return SimulatedResponse.ok(body);
    }

    private static SimulatedResponse deleteRepository(DigitalOceanCall call) {
        Registry registry = registry(call);
        registry.repositories().remove(registry.repository(call.name("repository_name")).name());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse deleteTag(DigitalOceanCall call) {
        return within(call, repository -> {
            if (repository.tags().remove(call.name("repository_tag")) == null) {
                throw Refusal.notFound();
            }
            return SimulatedResponse.noContent();
        });
    }

    private static SimulatedResponse deleteManifest(DigitalOceanCall call) {
        return within(call, repository -> {
            String digest = call.name("manifest_digest");
            if (repository.manifests().remove(digest) == null) {
                throw Refusal.notFound();
            }
            repository.tags().values().removeIf(digest::equals);
            return SimulatedResponse.noContent();
        });
    }
}
