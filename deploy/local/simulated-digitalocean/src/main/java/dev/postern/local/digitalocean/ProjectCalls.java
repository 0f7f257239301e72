// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/** /v2/projects and the resources assigned to them. */
final class ProjectCalls {
    private static final String ONE = "/v2/projects/{project_id}";
    private static final String DEFAULT = "/v2/projects/default";
    private static final Set<String> ENVIRONMENTS = Set.of("Development", "Staging", "Production");
    private static final Pattern URN = Pattern.compile("do:(dbaas|domain|droplet|floatingip|loadbalancer|space|volume|kubernetes|vpc):.*");
    private static final int TEXT_CHARACTERS_MAX = 255;
    private static final int NAME_CHARACTERS_MAX = 175;

    private ProjectCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/projects", call -> Paging.page(call, "projects", call.account().projects.values(), Project::json))
            .on("POST", "/v2/projects", ProjectCalls::create);
        one(routes, DEFAULT, ProjectCalls::defaultProject);
        one(routes, ONE, ProjectCalls::project);
        routes.on("DELETE", ONE, ProjectCalls::delete);
    }

    private static void one(Routes<DigitalOceanCall> routes, String path, Function<DigitalOceanCall, Project> found) {
        routes.on("GET", path, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("project", found.apply(call).json())))
            .on("PUT", path, call -> update(call, found.apply(call), true))
            .on("PATCH", path, call -> update(call, found.apply(call), false))
            .on("GET", path + "/resources", call -> resources(call, found.apply(call)))
            .on("POST", path + "/resources", call -> assign(call, found.apply(call)));
    }

    static Project defaultProject(DigitalOceanCall call) {
        return call.account().projects.values().stream().filter(Project::isDefault).findFirst().orElseThrow(Refusal::notFound);
    }

    private static Project project(DigitalOceanCall call) {
        Project project = call.account().projects.get(call.name("project_id"));
        if (project == null) {
            throw Refusal.notFound();
        }
        return project;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", NAME_CHARACTERS_MAX);
        String description = Json.text(body, "description", TEXT_CHARACTERS_MAX);
        Project.Description described = new Project.Description(name, description == null ? "" : description,
            Json.requiredText(body, "purpose", TEXT_CHARACTERS_MAX), environment(body, "Development"));
        refuseDuplicateName(name, null, call);
        Project project = new Project(UUID.randomUUID().toString(), call.account().uuid(), described, false, call.nowMicros());
        call.account().projects.put(project.id(), project);
        return SimulatedResponse.created(SimulatedResponse.wrapped("project", project.json()));
    }

    private static SimulatedResponse update(DigitalOceanCall call, Project project, boolean whole) {
        ObjectNode body = call.json();
        Project.Description old = project.described();
        if (whole) {
            for (String member : List.of("name", "description", "purpose", "environment", "is_default")) {
                if (!body.hasNonNull(member)) {
                    throw Refusal.unprocessable(member + " is required");
                }
            }
        }
        Project.Description next = new Project.Description(otherwise(Json.text(body, "name", NAME_CHARACTERS_MAX), old.name()),
            otherwise(Json.text(body, "description", TEXT_CHARACTERS_MAX), old.description()),
            otherwise(Json.text(body, "purpose", TEXT_CHARACTERS_MAX), old.purpose()), environment(body, old.environment()));
        if (next.name().isBlank()) {
            throw Refusal.unprocessable("name is required");
        }
        refuseDuplicateName(next.name(), project, call);
        boolean asDefault = Json.bool(body, "is_default", project.isDefault());
        if (project.isDefault() && !asDefault) {
            throw Refusal.unprocessable("an account has a default project: make another one the default");
        }
        if (asDefault) {
            call.account().projects.values().stream().filter(each -> each != project && each.isDefault())
                .forEach(each -> each.describe(each.described(), false, call.nowMicros()));
        }
        project.describe(next, asDefault, call.nowMicros());
        return SimulatedResponse.ok(SimulatedResponse.wrapped("project", project.json()));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        Project project = project(call);
        if (project.isDefault() || !project.resources().isEmpty()) {
            throw Refusal.preconditionFailed("cannot delete a project with resources. move or remove the resources first.");
        }
        call.account().projects.remove(project.id());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse resources(DigitalOceanCall call, Project project) {
        return Paging.page(call, "resources", project.resources().entrySet(), entry -> resource(call, entry.getKey(), entry.getValue(), "ok"));
    }

    private static SimulatedResponse assign(DigitalOceanCall call, Project project) {
        List<String> urns = Json.texts(call.json(), "resources");
        if (urns.stream().anyMatch(urn -> !URN.matcher(urn).matches())) {
            throw Refusal.unprocessable("resources must be an array of URNs");
        }
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode shown = answer.putArray("resources");
        for (String urn : urns) {
            if (!exists(call.account(), urn)) {
                shown.add(resource(call, urn, call.nowMicros(), "not_found"));
            } else if (project.resources().containsKey(urn)) {
                shown.add(resource(call, urn, project.resources().get(urn), "already_assigned"));
            } else {
                call.account().projects.values().forEach(each -> each.resources().remove(urn));
                project.resources().put(urn, call.nowMicros());
                shown.add(resource(call, urn, call.nowMicros(), "assigned"));
            }
        }
        return SimulatedResponse.ok(answer);
    }

    private static boolean exists(CloudAccount account, String urn) {
        String[] parts = urn.split(":", 3);
        return switch (parts[1]) {
            case "volume" -> account.volumes.containsKey(parts[2]);
            case "loadbalancer" -> account.loadBalancers.containsKey(parts[2]);
            case "domain" -> account.domains.containsKey(parts[2]);
            case "droplet" -> parts[2].matches("\\d{1,18}") && account.droplets.containsKey(Long.parseLong(parts[2]));
            default -> false;
        };
    }

    private static JsonNode resource(DigitalOceanCall call, String urn, long assignedMicros, String status) {
        String[] parts = urn.split(":", 3);
        ObjectNode node = Json.MAPPER.createObjectNode().put("urn", urn).put("assigned_at", Times.iso(assignedMicros)).put("status", status);
        Map<String, String> collections = Map.of("droplet", "droplets", "domain", "domains", "volume", "volumes", "loadbalancer", "load_balancers");
        if (collections.containsKey(parts[1]) && !status.equals("not_found")) {
            node.putObject("links").put("self", call.linkBase() + "/v2/" + collections.get(parts[1]) + "/" + parts[2]);
        }
        return node;
    }

    private static String environment(ObjectNode body, String otherwise) {
        String environment = otherwise(Json.text(body, "environment", 20), otherwise);
        if (!ENVIRONMENTS.contains(environment)) {
            throw Refusal.unprocessable("environment must be one of Development, Staging, Production");
        }
        return environment;
    }

    private static String otherwise(String text, String instead) {
        return text == null ? instead : text;
    }

    private static void refuseDuplicateName(String name, Project itself, DigitalOceanCall call) {
        if (call.account().projects.values().stream().anyMatch(each -> each != itself && each.described().name().equals(name))) {
            throw Refusal.conflict("name is already in use");
        }
    }
}
