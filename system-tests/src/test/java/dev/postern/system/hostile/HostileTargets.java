// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths and query strings. */
final class HostileTargets {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    /** Values in their form on the wire. */
    private static final List<String> VALUES = List.of("%00", "a%00b", "%", "%z", "%zz", "%u0041", "%ff", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f4%90%80%80",
        "%0a", "%0d%0aX:%20y",
        "%09", "%1b%5b31m", "%7f", "%c2%85", "%20", "+", "''", "'%20OR%201=1--", "%22", "%5c", "%2f", "..%2f..%2fetc%2fpasswd", "%2e%2e", "..", ".", "...",
        "%252e%252e",
        "%3b", ";a=b", "a;b=c", "%3f", "%23", "*", "**", "%2a", "{id}", "%7bid%7d", "$%7bjndi:ldap:%2f%2f127.0.0.1%2fa%7d", "%3cscript%3e", "null", "undefined",
        "NaN", "true", "-1", "0", "00",
        "1e9", "0x10", "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "1.5", "%e2%80%ae", "%f0%9f%98%80", "%d9%a3", "%ef%bc%91",
        "%ef%bb%bf", "A".repeat(300), "A".repeat(2_000),
        "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000", "g0000000-0000-0000-0000-000000000000", "1-1-1-1-1", "__proto__",
        "constructor", "(select%201)", "%25s%25n",
        "-", "_", "~", "@", "a,b", "a=b", "a&b", "CON", ".htaccess", "x".repeat(41));
    private static final int QUERIES_BY_CHANCE = 60;

    private HostileTargets() {}

    static List<HostileRequest> paths(Route route, Random chance) {
        List<HostileRequest> requests = new ArrayList<>();
        Matcher parameters = PARAMETER.matcher(route.template());
        while (parameters.find()) {
            for (String value : VALUES) {
                requests.add(new HostileRequest.Builder(route, "paths", parameters.group(1) + " is " + brief(value))
                    .target(route.path(parameters.group(1), value)).build());
            }
        }
        String path = route.path();
        for (String target : List.of(path + "/", path + "//", "/" + path, path + "/.", path + "/..", path + "/%2e%2e/x", path + "%00", path + "%2f",
            path + "/%ff", path + ";x", path + "#x",
            path + ".json", path + "%20", path + "/x/y/z", path.replaceFirst("/", "/%2e/"), path.replaceFirst("/", "/..;/"), path.replace("/", "\\"),
            path.substring(1), path + "\u00e9",
            path + "\"", path + "<", path + "^", path + "|", path + "`", path + "{", path + "[", path + "%", path.toUpperCase(java.util.Locale.ROOT) + "X", "*",
            "http://elsewhere" + path + "%zz",
            "//elsewhere" + path + "/x", path + "/" + "a".repeat(3_900), path + "/" + "a/".repeat(1_900), "/" + "%41".repeat(1_300), "/" + "a".repeat(9_000),
            "")) {
            requests.add(new HostileRequest.Builder(route, "paths", brief(target)).target(target).maySilentlyClose().build());
        }
        return requests;
    }

    static List<HostileRequest> queries(Route route, Random chance) {
        List<HostileRequest> requests = new ArrayList<>();
        List<String> names = new ArrayList<>(route.queries());
        names.add("unknown");
        for (String name : names) {
            for (String value : VALUES) {
                requests.add(query(route, name + "=" + value));
            }
            requests.add(query(route, name));
            requests.add(query(route, name + "="));
            requests.add(query(route, name + "=a&" + name + "=b"));
            requests.add(query(route, name + "%5b%5d=a"));
            requests.add(query(route, name.toUpperCase(java.util.Locale.ROOT) + "=a"));
        }
        for (String query : List.of("", "?", "&&&", "=", "=a", "&=&=", "%", "%zz=1", "a=%zz", "%00=1", "a=%00", "%ff", "a=%ff", "a;b;c", "a=b;c=d", "\u00e9=1",
            "a=\"", "a=<>", "a={}", "a=[]", "a=\\", "a=^|`",
            "a=" + "b".repeat(3_800), "a=1&".repeat(900), "access_token=x", "pretty=true", "callback=alert", "_method=DELETE", "a=b#c", "a=b?c=d")) {
            requests.add(query(route, query));
        }
        for (int i = 0; i < QUERIES_BY_CHANCE; i++) {
            String name = names.get(chance.nextInt(names.size()));
            requests.add(query(route, name + "=" + noise(chance, 1 + chance.nextInt(60))));
        }
        return requests;
    }

    /** A path and a query by chance, with a number so that no two are the same. */
    static HostileRequest byChance(Route route, Random chance, int number) {
        String target = route.path() + "/" + noise(chance, 1 + chance.nextInt(80)) + "?n" + number + "=" + noise(chance, chance.nextInt(80));
        return new HostileRequest.Builder(route, "paths", "by chance " + number).target(target).maySilentlyClose().build();
    }

    private static HostileRequest query(Route route, String query) {
        return new HostileRequest.Builder(route, "queries", brief(query)).target(route.path() + "?" + query).maySilentlyClose().build();
    }

    private static String noise(Random chance, int length) {
        StringBuilder noise = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int c = 0x21 + chance.nextInt(0x7f - 0x21);
            noise.append(chance.nextInt(3) == 0 ? String.format("%%%02x", chance.nextInt(256)) : String.valueOf((char) (c == '#' ? 'x' : c)));
        }
        return noise.toString();
    }

    private static String brief(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" + text.length() : text;
    }
}
