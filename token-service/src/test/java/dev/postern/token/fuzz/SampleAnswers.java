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

    /** Answers for the resources of a world. */
    public SampleAnswers(ApiDocument document, SampleWorld world) {
        this.world = world;
        for (ApiOperation operation : document.operations()) {
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
        return answer.toString();
    }

    private static ObjectNode shown(Resource resource, Type type) {
        JsonNode id = type.form() == IdForm.NUMBER ? JSON.numberNode(Long.parseLong(resource.id())) : JSON.textNode(resource.id());
        ObjectNode shown = JSON.objectNode();
        shown.put("name", resource.canary()).put("description", resource.canary());
        shown.putObject("inner").put("text", resource.canary());
        shown.set(type.idMember(), id);
        return shown;
    }
}
