// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the table to DigitalOcean's own document, which is no part of the project: without it these tests are skipped, and CI insists on it. */
class GenerateOperationsTest {
    private static JsonNode document;

    @BeforeAll
    static void read() throws IOException {
        Path file = Path.of(System.getProperty("postern.digitalocean.openapi", "no-document"));
        if (!Files.isReadable(file)) {
            System.out.println("skipped: the table of operations is not held to DigitalOcean's document, since " + file + " is not there");
        }
        assumeTrue(Files.isReadable(file), "no document at " + file);
        document = new ObjectMapper().readTree(Files.readAllBytes(file));
    }

    @Test
    void theTableIsWhatTheGeneratorMakes() throws IOException {
        Path table = Path.of("src/main/resources/digitalocean-operations.json");
        assertThat(generated(document).split("\n")).as("run GenerateOperations, and review what it changes")
            .containsExactly(Files.readString(table).split("\n"));
    }

    @Test
    void anOperationThatNobodyClassifiedFails() {
        ObjectNode copy = document.deepCopy();
        ObjectNode operation = ((ObjectNode) copy.get("paths")).putObject("/v2/gadgets/{gadget_id}").putObject("get");
        operation.put("operationId", "gadgets_get").putArray("parameters").addObject().put("name", "gadget_id").put("in", "path");
        operation.putArray("security").addObject().putArray("bearer_auth").add("gadget:read");
        assertThatThrownBy(() -> generated(copy)).isInstanceOf(GenerateOperations.Unclassified.class)
            .hasMessageContaining("gadgets_get: path parameter gadget_id");
    }

    @Test
    void anOperationThatNamesNothingNewIsAChangeOfTheTable() throws IOException {
        ObjectNode copy = document.deepCopy();
        ObjectNode operation = ((ObjectNode) copy.at("/paths/~1v2~1droplets~1{droplet_id}")).putObject("patch");
        operation.put("operationId", "droplets_patch").putArray("security").addObject().putArray("bearer_auth").add("droplet:update");
        assertThat(generated(copy)).isNotEqualTo(Files.readString(Path.of("src/main/resources/digitalocean-operations.json")));
    }

    @Test
    void aNewMemberThatMayNameAResourceFails() {
        ObjectNode copy = document.deepCopy();
        ((ObjectNode) copy.at("/paths/~1v2~1domains/post/requestBody/content/application~1json")).putObject("schema").putObject("properties")
            .putObject("name").put("type", "string");
        ((ObjectNode) copy.at("/paths/~1v2~1domains/post/requestBody/content/application~1json/schema/properties")).putObject("owner_gadget_id")
            .put("type", "string");
        assertThatThrownBy(() -> generated(copy)).hasMessageContaining("domains_create: body member /owner_gadget_id");
    }

    @Test
    void anAnswerWithANewSecretFails() {
        ObjectNode copy = document.deepCopy();
        ObjectNode content = ((ObjectNode) copy.at("/paths/~1v2~1droplets~1{droplet_id}/get")).putObject("responses").putObject("200").putObject("content");
        content.putObject("application/json").putObject("schema").putObject("properties").putObject("root_password").put("type", "string");
        assertThatThrownBy(() -> generated(copy)).hasMessageContaining("droplets_get: the answer has [root_password]");
    }

    private static String generated(JsonNode document) {
        return GenerateOperations.table(new OpenApiDocument(document), Corrections.read());
    }
}
