// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.EventJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Bodies: wrong types, sizes, encodings, nesting, duplicates, control characters, broken syntax. */
final class HostileBodies {
    private static final int BY_CHANCE = 150;
    private static final int LARGE = 250_000;
    private static final int TOO_LARGE = 300_000;
    /** Raw JSON in the place of any member. */
    private static final Map<String, String> VALUES = values();

    private HostileBodies() {}

    static List<HostileRequest> of(Route route, Random chance) {
        List<HostileRequest> requests = new ArrayList<>();
        String body = route.call().body();
        if (isJson(route)) {
            types(route, requests);
            shapes(route, requests);
            nesting(route, requests);
            duplicates(route, requests);
        }
        sizes(route, requests);
        encodings(route, requests);
        controls(route, requests);
        for (int i = 0; i < BY_CHANCE; i++) {
            byte[] broken = broken(body.getBytes(StandardCharsets.UTF_8), chance);
            if (isJson(route) && isObject(broken)) {
                broken = Poison.into(new String(broken, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
            } else if (!isJson(route)) {
                broken = join(broken, route.call().refused().getBytes(StandardCharsets.UTF_8));
            }
            requests.add(new HostileRequest.Builder(route, "syntax", "broken by chance " + i).body(broken).build());
        }
        return requests;
    }

    /** Bodies where nobody reads one: they must not matter. */
    static List<HostileRequest> whereNoneIsExpected(Route route, Random chance) {
        List<HostileRequest> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] noise = new byte[1 + chance.nextInt(2_000)];
            chance.nextBytes(noise);
            requests.add(new HostileRequest.Builder(route, "syntax", "a body that nobody expects " + i)
                .contentType(i % 2 == 0 ? "application/json" : null).body(noise).build());
        }
        requests.add(new HostileRequest.Builder(route, "sizes", "a large body that nobody expects").body("a".repeat(LARGE)).build());
        requests.add(new HostileRequest.Builder(route, "sizes", "too large a body that nobody expects").body("a".repeat(TOO_LARGE)).maySilentlyClose().build());
        return requests;
    }

    private static void types(Route route, List<HostileRequest> requests) {
        JsonNode body = read(route.call().body());
        for (JsonPointer pointer : pointers(body)) {
            VALUES.forEach((what, raw) -> requests.add(new HostileRequest.Builder(route, "types", pointer + " is " + what)
                .body(Poison.into(replaced(body, pointer, raw))).build()));
        }
        for (JsonPointer pointer : pointers(body)) {
            requests.add(new HostileRequest.Builder(route, "types", pointer + " is missing").body(Poison.into(without(body, pointer))).build());
        }
        VALUES.forEach((what, raw) -> {
            if (!raw.startsWith("{")) {
                requests.add(new HostileRequest.Builder(route, "types", "the body is " + what).body(raw).build());
            }
        });
    }

    private static void shapes(Route route, List<HostileRequest> requests) {
        String body = route.call().body();
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("empty", "");
        shapes.put("blank", " \n\t ");
        shapes.put("an empty object", "{}");
        shapes.put("two objects", body + body);
        shapes.put("an object and a comma", body + ",");
        shapes.put("an object in an array", "[" + body + "]");
        shapes.put("an object in a string", EventJson.mapper().getNodeFactory().textNode(body).toString());
        shapes.put("an unknown member", Poison.into(body));
        shapes.put("a prototype", body.replaceFirst("\\{", "{\"__proto__\":{\"admin\":true},"));
        shapes.put("a class name", body.replaceFirst("\\{", "{\"@class\":\"java.lang.ProcessBuilder\","));
        shapes.put("with a comment", "/* c */" + body);
        shapes.put("with a line comment", body + " // c");
        shapes.put("with single quotes", body.replace('"', '\''));
        shapes.put("with a comma at the end", body.substring(0, body.length() - 1) + ",}");
        shapes.put("XML", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>");
        shapes.put("YAML", "a: &a [1]\nb: *a\n");
        shapes.put("a form", "a=b&c=d");
        shapes.put("NaN", "{\"a\":NaN}");
        shapes.put("an open string", "{\"a\":\"");
        shapes.put("an open object", "{\"a\":{");
        shapes.put("a broken escape", "{\"a\":\"\\u12\"}");
        shapes.forEach((what, text) -> requests.add(new HostileRequest.Builder(route, "syntax", what).body(text).build()));
        for (int cut = 1; cut < body.length(); cut += Math.max(1, body.length() / 40)) {
            requests.add(new HostileRequest.Builder(route, "syntax", "cut after " + cut + " characters").body(body.substring(0, cut)).build());
        }
    }

    private static void nesting(Route route, List<HostileRequest> requests) {
        for (int depth : new int[] {33, 64, 65, 500, 1_001, 10_000, 60_000}) {
            requests.add(nested(route, depth + " arrays", "[".repeat(depth) + "]".repeat(depth)));
            requests.add(nested(route, depth + " objects", "{\"a\":".repeat(depth) + "1" + "}".repeat(depth)));
            requests.add(nested(route, depth + " open arrays", "[".repeat(depth)));
            requests.add(nested(route, depth + " arrays and objects in turn", "[{\"a\":".repeat(depth / 2) + "1" + "}]".repeat(depth / 2)));
        }
        for (JsonPointer pointer : pointers(read(route.call().body()))) {
            requests.add(new HostileRequest.Builder(route, "nesting", pointer + " nests 40 deep")
                .body(Poison.into(replaced(read(route.call().body()), pointer, "[".repeat(40) + "]".repeat(40)))).build());
        }
    }

    private static HostileRequest nested(Route route, String what, String value) {
        return new HostileRequest.Builder(route, "nesting", what).body("{\"hostile_member\":" + value + "}").build();
    }

    private static void duplicates(Route route, List<HostileRequest> requests) {
        String body = route.call().body();
        JsonNode tree = read(body);
        tree.fields().forEachRemaining(member -> {
            String inner = body.substring(body.indexOf('{') + 1);
            String name = member.getKey();
            String escaped = String.format("\\u%04x%s", (int) name.charAt(0), name.substring(1));
            for (String again : List.of(member.getValue().toString(), "null", "[]", "\"other\"")) {
                requests.add(new HostileRequest.Builder(route, "duplicates", name + " twice, once as " + brief(again))
                    .body("{\"" + name + "\":" + again + "," + inner).build());
            }
            requests.add(new HostileRequest.Builder(route, "duplicates", name + " twice, once escaped")
                .body("{\"" + escaped + "\":" + member.getValue() + "," + inner).build());
        });
        for (JsonPointer pointer : pointers(tree)) {
            if (tree.at(pointer).isObject()) {
                requests.add(new HostileRequest.Builder(route, "duplicates", "a member of " + pointer + " twice")
                    .body(replaced(tree, pointer, "{\"type\":\"a\",\"type\":\"b\"}")).build());
            }
        }
    }

    private static void sizes(Route route, List<HostileRequest> requests) {
        String refused = route.call().refused();
        String padding = isJson(route) ? " " : "\n";
        requests.add(new HostileRequest.Builder(route, "sizes", "much white space").body(refused + padding.repeat(LARGE)).build());
        requests.add(new HostileRequest.Builder(route, "sizes", "too much white space").body(refused + padding.repeat(TOO_LARGE)).maySilentlyClose().build());
        requests.add(new HostileRequest.Builder(route, "sizes", "too large, in chunks").header("Transfer-Encoding: chunked")
            .unframed(chunked((refused + padding.repeat(TOO_LARGE)).getBytes(StandardCharsets.UTF_8))).maySilentlyClose().build());
        requests.add(new HostileRequest.Builder(route, "sizes", "large, in chunks").header("Transfer-Encoding: chunked")
            .unframed(chunked((refused + padding.repeat(LARGE)).getBytes(StandardCharsets.UTF_8))).build());
        for (String length : List.of("262145", "999999999", "9223372036854775807")) {
            requests.add(new HostileRequest.Builder(route, "sizes", "says it is " + length + " bytes").header("Content-Length: " + length)
                .unframed(refused.getBytes(StandardCharsets.UTF_8)).maySilentlyClose().build());
        }
        if (isJson(route)) {
            requests.add(size(route, "a long name", "{\"" + "n".repeat(60_000) + "\":1}"));
            requests.add(size(route, "a long text", "{\"hostile_member\":\"" + "t".repeat(LARGE) + "\"}"));
            requests.add(size(route, "many elements", "{\"hostile_member\":[" + "1,".repeat(100_000) + "1]}"));
            StringBuilder members = new StringBuilder("{");
            for (int i = 0; i < 20_000; i++) {
                members.append("\"m").append(i).append("\":0,");
            }
            requests.add(size(route, "many members", members + "\"end\":0}"));
            for (int digits : new int[] {101, 1_001, 100_000}) {
                requests.add(size(route, digits + " digits", "{\"hostile_member\":" + "9".repeat(digits) + "}"));
                requests.add(size(route, digits + " decimals", "{\"hostile_member\":0." + "1".repeat(digits) + "}"));
            }
        }
    }

    private static HostileRequest size(Route route, String what, String body) {
        return new HostileRequest.Builder(route, "sizes", what).body(body).build();
    }

    private static void encodings(Route route, List<HostileRequest> requests) {
        String refused = route.call().refused();
        for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "IBM037")) {
            requests.add(new HostileRequest.Builder(route, "encodings", charset).body(refused.getBytes(Charset.forName(charset))).build());
            requests
                .add(new HostileRequest.Builder(route, "encodings", charset + ", and says so").contentType(route.call().contentType() + "; charset=" + charset)
                    .body(refused.getBytes(Charset.forName(charset))).build());
        }
        int[][] bad = {{0xff}, {0xfe, 0xff}, {0x80}, {0xc0, 0xaf}, {0xe0, 0x80, 0xaf}, {0xed, 0xa0, 0x80}, {0xed, 0xb0, 0x80}, {0xf4, 0x90, 0x80, 0x80},
            {0xf8, 0x88, 0x80, 0x80, 0x80}, {0xc3}, {0xe2, 0x82}, {0xf0, 0x9f, 0x98}, {0xef, 0xbb, 0xbf}};
        byte[] utf8 = refused.getBytes(StandardCharsets.UTF_8);
        for (int[] sequence : bad) {
            byte[] insert = new byte[sequence.length];
            for (int i = 0; i < insert.length; i++) {
                insert[i] = (byte) sequence[i];
            }
            for (int at : new int[] {0, 2, utf8.length / 2, utf8.length - 1, utf8.length}) {
                requests.add(new HostileRequest.Builder(route, "encodings", "bytes " + java.util.HexFormat.of().formatHex(insert) + " at " + at)
                    .body(inserted(utf8, insert, at)).build());
            }
        }
        requests.add(new HostileRequest.Builder(route, "encodings", "gzip, and says so").header("Content-Encoding: gzip").body(gzip(utf8)).build());
        requests.add(new HostileRequest.Builder(route, "encodings", "gzip, and does not say so").body(gzip(utf8)).build());
        requests.add(new HostileRequest.Builder(route, "encodings", "says gzip and is none").header("Content-Encoding: gzip").build());
    }

    private static void controls(Route route, List<HostileRequest> requests) {
        byte[] utf8 = route.call().refused().getBytes(StandardCharsets.UTF_8);
        for (int control = 0; control < 0x20; control++) {
            requests.add(
                new HostileRequest.Builder(route, "controls", "byte " + control).body(inserted(utf8, new byte[] {(byte) control}, utf8.length / 2)).build());
            if (isJson(route)) {
                String escape = String.format("\\u%04x", control);
                requests.add(new HostileRequest.Builder(route, "controls", "escaped " + control).body("{\"hostile_member\":\"a" + escape + "b\"}").build());
            }
        }
        if (isJson(route)) {
            for (String escape : List.of("\\u007f", "\\u0085", "\\ud800", "\\udc00", "\\udfff\\ud800", "\\ufffe", "\\u202e", "\\ufeff")) {
                requests.add(new HostileRequest.Builder(route, "controls", "escaped " + escape).body("{\"hostile_member\":\"" + escape + "\"}").build());
                requests.add(new HostileRequest.Builder(route, "controls", "escaped in a name " + escape).body("{\"" + escape + "\":1}").build());
            }
            JsonNode body = read(route.call().body());
            for (JsonPointer pointer : pointers(body)) {
                requests.add(new HostileRequest.Builder(route, "controls", pointer + " holds U+0000")
                    .body(replaced(body, pointer, "\"a\\u0000b\"")).build());
            }
        }
    }

    private static Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("null", "null");
        values.put("true", "true");
        values.put("zero", "0");
        values.put("negative", "-1");
        values.put("a fraction", "1.5");
        values.put("huge", "1e308");
        values.put("beyond a double", "1e999");
        values.put("beyond a long", "9223372036854775808");
        values.put("a tiny number", "1e-400");
        values.put("an empty text", "\"\"");
        values.put("a blank text", "\" \"");
        values.put("a long text", "\"" + "x".repeat(10_000) + "\"");
        values.put("SQL", "\"'; DROP TABLE outbox; --\"");
        values.put("a path", "\"../../../../etc/passwd\"");
        values.put("a template", "\"${jndi:ldap://127.0.0.1/a}{{7*7}}#{1}%n%s\"");
        values.put("HTML", "\"<script>alert(1)</script>\"");
        values.put("emoji", "\"😀\\uD83D\\uDE00\u200d\"");
        values.put("right to left", "\"\\u202Egnp.exe\"");
        values.put("a huge duration", "\"P999999999999999999Y\"");
        values.put("a negative duration", "\"-PT1S\"");
        values.put("a far time", "\"+999999999-12-31T23:59:59.999999999Z\"");
        values.put("an odd address", "\"0x7f.1\"");
        values.put("a zoned address", "\"fe80::1%eth0\"");
        values.put("everywhere", "\"0.0.0.0/0\"");
        values.put("an odd port range", "\"65535-1\"");
        values.put("a huge port", "\"99999999999999999999\"");
        values.put("an odd URN", "\"do:firewall:*:*\"");
        values.put("an empty array", "[]");
        values.put("an array of null", "[null]");
        values.put("an array of arrays", "[[[]]]");
        values.put("an array of all types", "[1,\"a\",true,null,{},[]]");
        values.put("a long array", "[" + "\"203.0.113.7\",".repeat(2_000) + "\"203.0.113.7\"]");
        values.put("an empty object", "{}");
        values.put("an object", "{\"$ref\":\"#\",\"a\":{\"b\":[]}}");
        return values;
    }

    private static boolean isJson(Route route) {
        return route.call().contentType().equals("application/json");
    }

    private static boolean isObject(byte[] body) {
        try {
            return EventJson.mapper().readTree(body) instanceof ObjectNode;
        } catch (IOException notJson) {
            return false;
        }
    }

    private static JsonNode read(String json) {
        try {
            return EventJson.mapper().readTree(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Every member and element below the root. */
    private static List<JsonPointer> pointers(JsonNode node) {
        List<JsonPointer> all = new ArrayList<>();
        collect(node, JsonPointer.empty(), all);
        return all;
    }

    private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> all) {
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(name -> {
                all.add(at.appendProperty(name));
                collect(node.get(name), at.appendProperty(name), all);
            });
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            all.add(at.appendIndex(i));
            collect(node.get(i), at.appendIndex(i), all);
        }
    }

    /** The JSON with raw text in the place of one value. */
    private static String replaced(JsonNode tree, JsonPointer pointer, String raw) {
        String marker = "\"\u0001marker\u0001\"";
        JsonNode copy = tree.deepCopy();
        JsonNode parent = copy.at(pointer.head());
        JsonNode text = EventJson.mapper().getNodeFactory().textNode("\u0001marker\u0001");
        if (parent instanceof ObjectNode object) {
            object.set(pointer.last().getMatchingProperty(), text);
        } else {
            ((ArrayNode) parent).set(pointer.last().getMatchingIndex(), text);
        }
        return copy.toString().replace(marker.replace("\u0001", "\\u0001"), raw);
    }

    private static String without(JsonNode tree, JsonPointer pointer) {
        JsonNode copy = tree.deepCopy();
        JsonNode parent = copy.at(pointer.head());
        if (parent instanceof ObjectNode object) {
            object.remove(pointer.last().getMatchingProperty());
        } else {
            ((ArrayNode) parent).remove(pointer.last().getMatchingIndex());
        }
        return copy.toString();
    }

    private static byte[] broken(byte[] whole, Random chance) {
        byte[] broken = whole.clone();
        for (int times = 1 + chance.nextInt(4); times > 0 && broken.length > 1; times--) {
            int at = chance.nextInt(broken.length);
            switch (chance.nextInt(4)) {
                case 0 -> broken[at] ^= (byte) (1 << chance.nextInt(8));
                case 1 -> broken = inserted(broken, new byte[] {(byte) chance.nextInt(256)}, at);
                case 2 -> broken = join(java.util.Arrays.copyOf(broken, at), java.util.Arrays.copyOfRange(broken, at + 1, broken.length));
                default -> broken[at] = (byte) "{}[]\",:\\".charAt(chance.nextInt(8));
            }
        }
        return broken;
    }

    static byte[] inserted(byte[] into, byte[] what, int at) {
        return join(join(java.util.Arrays.copyOf(into, at), what), java.util.Arrays.copyOfRange(into, at, into.length));
    }

    static byte[] join(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static byte[] chunked(byte[] body) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += 16_384) {
            int length = Math.min(16_384, body.length - at);
            chunks.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            chunks.write(body, at, length);
            chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunks.toByteArray();
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return zipped.toByteArray();
    }

    private static String brief(String text) {
        return text.length() > 20 ? text.substring(0, 20) + "…" : text;
    }
}
