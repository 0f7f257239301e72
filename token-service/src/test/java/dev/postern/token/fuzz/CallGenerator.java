// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.postern.token.fuzz.ApiDocument.ApiOperation;
import dev.postern.token.fuzz.SampleWorld.IdForm;
import dev.postern.token.fuzz.SampleWorld.Resource;
import dev.postern.token.fuzz.SampleWorld.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Makes random calls: an operation of the document with a body, a query and spellings that its readers might take. */
public final class CallGenerator {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double PLAIN = 0.35;
    private static final double SOMETIMES = 0.2;
    private static final double TRICK = 0.12;

    private final ApiDocument document;
    private final SampleWorld world;
    private final List<ApiOperation> operations;

    /** Makes calls about the resources of a world. */
    public CallGenerator(ApiDocument document, SampleWorld world) {
        this.document = document;
        this.world = world;
        this.operations = document.operations();
    }

    /** Makes a call; the same for the same state of the random generator. */
    public FuzzCall call(Random random) {
        ApiOperation operation = operations.get(random.nextInt(operations.size()));
        return new Draft(operation, random, random.nextDouble() < PLAIN).call();
    }

    /** A call that is being made. */
    private final class Draft {
        private final ApiOperation operation;
        private final Random random;
        private final boolean plain;
        private Optional<Resource> subject = Optional.empty();

        Draft(ApiOperation operation, Random random, boolean plain) {
            this.operation = operation;
            this.random = random;
            this.plain = plain;
        }

        FuzzCall call() {
            String target = path() + query();
            Optional<String> body = Optional.ofNullable(operation.body()).map(schema -> new SchemaSampler(document, random, this::reference).sample(schema))
                .map(tree -> plain ? tree.toString() : new OddJson(random, this::anyId).write(tree));
            if (body.isEmpty() && trick()) {
                body = Optional.of(random.nextBoolean() ? "{}" : "{\"droplet_ids\":[" + world.any("droplet", random).id() + "]}");
            }
            return new FuzzCall(operation, target, body, plain, subject);
        }

        private boolean trick() {
            return !plain && random.nextDouble() < TRICK;
        }

        private String path() {
            StringBuilder path = new StringBuilder();
            String template = "";
            for (String segment : operation.path().substring(1).split("/")) {
                path.append('/').append(segment.startsWith("{") ? parameter(template, segment) : trick() ? spelled(segment) : segment);
                template += "/" + segment;
            }
            return trick() ? path.append(random.nextBoolean() ? "/" : "//").toString() : path.toString();
        }

        private String parameter(String collection, String name) {
            Optional<Type> type = SampleWorld.ofParameter(collection);
            if (type.isEmpty()) {
                return name.contains("uuid") ? new java.util.UUID(7, random.nextLong() | Long.MIN_VALUE).toString()
                    : Integer.toString(1 + random.nextInt(90_000));
            }
            Resource resource = world.any(type.get().name(), random);
            subject = subject.or(() -> Optional.of(resource));
            return trick() ? spelled(resource.id()) : resource.id();
        }

        /** Returns another spelling of an id or segment. */
        private String spelled(String id) {
            int at = random.nextInt(id.length());
            return switch (random.nextInt(9)) {
                case 0 -> "0" + id;
                case 1 -> id.toUpperCase(java.util.Locale.ROOT);
                case 2 -> id.substring(0, at) + "%" + Integer.toHexString(id.charAt(at)) + id.substring(at + 1);
                case 3 -> id + ".";
                case 4 -> id + "%20";
                case 5 -> id + ";a=b";
                case 6 -> world.any("droplet", random).id() + "/../" + id;
                case 7 -> id + "%2f" + world.any("droplet", random).id();
                default -> "+" + id;
            };
        }

        private String query() {
            List<String> pairs = new ArrayList<>();
            for (Map.Entry<String, JsonNode> parameter : operation.query().entrySet()) {
                if (operation.required().contains(parameter.getKey()) || random.nextDouble() < SOMETIMES && !parameter.getKey().equals("resource_id")) {
                    Optional<Type> type = SampleWorld.ofMember(parameter.getKey());
                    JsonNode values = parameter.getValue().path("enum");
                    String value = type.isPresent() ? world.any(type.get().name(), random).id() : !values.isEmpty() ? values.get(0).asText()
                        : parameter.getValue().path("type").asText().equals("boolean") ? "true" : "1";
                    pairs.add((trick() ? OddJson.respelled(parameter.getKey(), random).replace(' ', '+') : parameter.getKey()) + "="
                        + (trick() && type.isPresent() ? spelled(value) : value));
                }
            }
            if (trick()) {
                Resource foreign = world.any(random);
                pairs.add(OddJson.respelled(foreign.type() + (random.nextBoolean() ? "_id" : "_ids[]"), random).replace(' ', '+') + "=" + foreign.id());
            }
            return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
        }

        private JsonNode anyId() {
            Resource resource = world.any(random);
            return SampleWorld.type(resource.type()).form() == IdForm.NUMBER && random.nextBoolean() ? JSON.numberNode(Long.parseLong(resource.id()))
                : JSON.textNode(random.nextInt(4) == 0 ? resource.urn() : resource.id());
        }

        private Optional<JsonNode> reference(String member, String schemaType) {
            if (member.equals("resources") || member.equals("urn")) {
                return Optional.of(JSON.textNode(world.any("droplet", random).urn()));
            }
            Optional<Type> type = SampleWorld.ofMember(member);
            if (type.isEmpty()) {
                return Optional.empty();
            }
            String id = world.any(type.get().name(), random).id();
            boolean number = type.get().form() == IdForm.NUMBER && (!schemaType.equals("string") || !plain && random.nextBoolean());
            return schemaType.equals("object") ? Optional.empty() : Optional.of(number ? JSON.numberNode(Long.parseLong(id))
                : JSON.textNode(trick() ? spelled(id) : id));
        }
    }
}
