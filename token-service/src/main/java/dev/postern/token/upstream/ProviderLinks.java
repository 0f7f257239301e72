// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Recognises the provider's addresses in an answer and rewrites them for clients of the gateway: a client that follows a link must not show its token to
 * another host. An address is the provider's if its host is, in any member; or if it is in a member that pages or names a resource ({@code next}, {@code
 * href}, …) and its path is of the API, whatever its host.
 */
public final class ProviderLinks {
    /** The names of members that hold links, all of them short ({@link LinkRewriter} relies on that). */
    static final Set<String> MEMBERS = Set.of("first", "prev", "next", "last", "href", "self");
    private static final String OFFICIAL_HOST = "api.digitalocean.com";
    private static final String API_PATH = "/v2/";
    private static final List<CharSequence> HEADERS = List.of(HttpHeaders.LOCATION, HttpHeaders.createOptimized("link"),
        HttpHeaders.createOptimized("content-location"));

    private final Set<String> hosts = new TreeSet<>();
    private final String gateway;

    /**
     * @param authority host and port of the provider, as it is called
     * @param gateway   where clients reach the gateway, without a slash at the end
     */
    public ProviderLinks(String authority, String gateway) {
        for (String host : List.of(authority, OFFICIAL_HOST)) {
            hosts.add(withoutPort(host.toLowerCase(Locale.ROOT)));
        }
        this.gateway = gateway;
    }

    /**
     * Returns the address for the client, or {@code null} if the text does not lead to the provider.
     *
     * @param member the name of the member that holds the text
     * @param text   the whole text
     */
    String rewritten(String member, String text) {
        int at = afterSlashes(text);
        if (at < 0) {
            return null;
        }
        int end = at;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String rest = text.substring(end);
        boolean leadsThere = hosts.contains(withoutPort(withoutUser(text.substring(at, end)).toLowerCase(Locale.ROOT)))
            || MEMBERS.contains(member) && rest.startsWith(API_PATH);
        return leadsThere ? gateway + rest : null;
    }

    /** Rewrites the headers of an answer that hold addresses, each of its values. */
    public void inHeaders(MultiMap headers) {
        for (CharSequence name : HEADERS) {
            if (headers.contains(name)) {
                headers.set(name, headers.getAll(name).stream().<CharSequence>map(this::inHeader).toList());
            }
        }
    }

    /** Rewrites a header that holds addresses: alone (Location) or in angle brackets (Link, RFC 8288). */
    String inHeader(String value) {
        String whole = rewritten("href", value);
        if (whole != null) {
            return whole;
        }
        StringBuilder all = new StringBuilder();
        int from = 0;
        for (int open = value.indexOf('<'); open >= 0; open = value.indexOf('<', from)) {
            int close = value.indexOf('>', open);
            if (close < 0) {
                break;
            }
            String inner = value.substring(open + 1, close);
            String other = rewritten("href", inner);
            all.append(value, from, open + 1).append(other == null ? inner : other).append('>');
            from = close + 1;
        }
        return all.append(value, from, value.length()).toString();
    }

    /**
     * Returns the index behind {@code http://}, {@code https://} or {@code //}; the provider's own examples have {@code https//}, too. -1 if the text begins
     * otherwise.
     */
    private static int afterSlashes(String text) {
        if (text.startsWith("//")) {
            return 2;
        }
        if (!text.regionMatches(true, 0, "http", 0, 4)) {
            return -1;
        }
        int at = 4;
        at += text.startsWith("s", at) || text.startsWith("S", at) ? 1 : 0;
        at += text.startsWith(":", at) ? 1 : 0;
        return text.startsWith("//", at) ? at + 2 : -1;
    }

    private static String withoutUser(String authority) {
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port = colon > authority.lastIndexOf(']') && (authority.endsWith(":443") || authority.endsWith(":80"));
        return port ? authority.substring(0, colon) : authority;
    }
}
