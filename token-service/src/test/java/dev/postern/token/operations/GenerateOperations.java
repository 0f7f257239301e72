// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.operations.OpenApiDocument.Described;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes the table of operations from DigitalOcean's OpenAPI document and {@code operations/corrections.yaml}: one operation a line, so that a change of
 * the document can be reviewed line by line. Run {@link #main} with the document and the file to write.
 */
public final class GenerateOperations {
    private GenerateOperations() {}

    /** Reports an operation that neither document nor corrections classify. */
    static final class Unclassified extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unclassified(List<String> what) {
            super(what.size() + " unclassified:\n" + String.join("\n", what));
        }
    }

    /** @param arguments the document, the file to write */
    public static void main(String... arguments) throws IOException {
        String table = table(OpenApiDocument.read(Path.of(arguments[0])), Corrections.read());
        Files.writeString(Path.of(arguments[1]), table);
    }

    /** The table. @throws Unclassified if something of the document is not classified, or a correction corrects nothing */
    static String table(OpenApiDocument document, Corrections corrections) {
        List<Described> operations = document.operations();
        Map<String, String> itemTypes = itemTypes(operations, corrections);
        List<String> unclassified = new ArrayList<>();
        Set<String> referenceNames = new HashSet<>();
        for (Described operation : operations) {
            ObjectNode line = new DeriveOperation(document, corrections, itemTypes, operation, Set.of(), unclassified).line();
            line.path("places").forEach(place -> {
                if ("body".equals(place.get("in").asText())) {
                    referenceNames.add(DeriveOperation.lastName(place.get("name").asText()).toLowerCase(Locale.ROOT));
                }
            });
        }
        List<String> again = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Described operation : operations) {
            lines.add(new DeriveOperation(document, corrections, itemTypes, operation, referenceNames, again).line().toString());
        }
        again.stream().filter(what -> !unclassified.contains(what)).toList().forEach(unclassified::add);
        corrections.unused().forEach(key -> unclassified.add("corrections: nothing of the document has " + key));
        if (!unclassified.isEmpty()) {
            throw new Unclassified(unclassified);
        }
        return "[\n" + String.join(",\n", lines) + "\n]\n";
    }

    /** Path of a list → type of its elements: where {@code /v2/droplets/{droplet_id}} is a Droplet, {@code /v2/droplets} lists and makes them. */
    private static Map<String, String> itemTypes(List<Described> operations, Corrections corrections) {
        Map<String, String> types = new HashMap<>();
        for (Described operation : operations) {
            String path = operation.path();
            int slash = path.lastIndexOf('/');
            if (path.endsWith("}") && path.indexOf('{') == slash + 1) {
                String name = path.substring(slash + 2, path.length() - 1);
                corrections.look("path", path).or(() -> corrections.look("path", name)).map(type -> type.asText())
                    .filter(type -> !"part".equals(type)).ifPresent(type -> types.put(path.substring(0, slash), type));
            }
        }
        return types;
    }
}
