// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.fuzz.ApiDocument.ApiOperation;
import dev.postern.token.fuzz.SampleWorld.IdForm;
import dev.postern.token.fuzz.SampleWorld.Resource;
import dev.postern.token.fuzz.SampleWorld.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Answers as the provider would: a list shows every resource of its type, each with content that no other resource has. */
public final class SampleAnswers {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private final SampleWorld world;
    private final Map<String, String> listMember = new HashMap<>();
    /** Path of a collection → member of an item's answer that holds the item. */
    private final Map<String, String> itemMember = new HashMap<>();
    /** Path of a collection → members that a full representation replaces. */
    private final Map<String, Map<String, Type>> replaced = new HashMap<>();

    /** Answers for the resources of a world. */
    public SampleAnswers(ApiDocument document, SampleWorld world) {
        this.world = world;
        for (ApiOperation operation : document.operations()) {
            String collection = operation.path().replaceAll("/[{][^/]*$", "");
            if (!collection.equals(operation.path()) && SampleWorld.ofParameter(collection).isPresent()) {
                Map<String, Type> members = document.replaced(operation);
                if (!members.isEmpty()) {
                    replaced.put(collection, members);
                }
                if (operation.method().equals("GET") && operation.response() != null) {
                    document.members(operation.response()).stream().findFirst().ifPresent(member -> itemMember.put(collection, member));
                }
            }
            if (operation.method().equals("GET") && operation.response() != null && SampleWorld.ofParameter(operation.path()).isPresent()) {
                document.members(operation.response()).stream().filter(member -> !member.equals("links") && !member.equals("meta"))
                    .findFirst().ifPresent(member -> listMember.put(operation.path(), member));
            }
        }
    }

    /** Returns the answer to a call. */
    public String to(String method, String uri) {
        String path = uri.split("\\?", 2)[0];
        Optional<Type> type = SampleWorld.ofParameter(path);
        ObjectNode answer = JSON.objectNode();
        if (method.equals("GET") && type.isPresent() && listMember.containsKey(path)) {
            var list = answer.putArray(listMember.get(path));
            world.all().stream().filter(resource -> resource.type().equals(type.get().name())).forEach(resource -> list.add(shown(resource, type.get())));
            answer.putObject("meta").put("total", list.size());
            answer.putObject("links");
        }
        String collection = path.replaceAll("/[^/]*$", "");
        if (method.equals("GET") && replaced.containsKey(collection) && itemMember.containsKey(collection)) {
            world.all().stream().filter(resource -> path.endsWith("/" + resource.id())).findFirst()
                .ifPresent(resource -> answer.set(itemMember.get(collection), item(resource, replaced.get(collection))));
        }
        return answer.toString();
    }

    private ObjectNode item(Resource resource, Map<String, Type> members) {
        ObjectNode item = shown(resource, SampleWorld.type(resource.type()));
        members.forEach((member, type) -> {
            var ids = item.putArray(member);
            world.attached(resource, member, type.name()).forEach(other -> ids.add(id(other, type)));
        });
        return item;
    }

    private static JsonNode id(Resource resource, Type type) {
        return type.form() == IdForm.NUMBER ? JSON.numberNode(Long.parseLong(resource.id())) : JSON.textNode(resource.id());
    }

    private static ObjectNode shown(Resource resource, Type type) {
        ObjectNode shown = JSON.objectNode();
        shown.put("name", resource.canary()).put("description", resource.canary());
        shown.putObject("inner").put("text", resource.canary());
        shown.set(type.idMember(), id(resource, type));
        return shown;
    }
}
