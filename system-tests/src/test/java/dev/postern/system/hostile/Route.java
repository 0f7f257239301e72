// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.util.List;
import java.util.Map;

/**
 * One route of one service, as its OpenAPI document lists it, with what a right call looks like.
 *
 * @param service  the service's name
 * @param method   HTTP method in capitals
 * @param template path with {@code {parameters}}
 * @param queries  names of the query parameters that the document lists
 * @param headers  names of the header parameters that the document lists
 * @param call     a right call
 */
public record Route(String service, String method, String template, List<String> queries, List<String> headers, RightCall call) {
    /**
     * A right call. Its path values name nothing that exists, so that a request which only differs in a header changes nothing either.
     *
     * @param caller      who may call: a sample person ({@code olga}) or client ({@code client-portal})
     * @param path        value of each path parameter
     * @param contentType of the body; null if there is none
     * @param body        a body that would be accepted; null if there is none
     * @param refused     a body of the same content type that is read and then refused; null if there is none
     */
    public record RightCall(String caller, Map<String, String> path, String contentType, String body, String refused) {
        /** A call without a body. */
        public static RightCall bare(String caller, Map<String, String> path) {
            return new RightCall(caller, path, null, null, null);
        }

        /** A call with JSON, to which a member is added that no schema knows. */
        public static RightCall json(String caller, Map<String, String> path, String body) {
            return new RightCall(caller, path, "application/json", body, Poison.into(body));
        }
    }

    /** Returns the name for tests and failures. */
    public String name() {
        return service + " " + method + " " + template;
    }

    /** Returns true if the method may change something. */
    public boolean writes() {
        return !method.equals("GET") && !method.equals("HEAD");
    }

    /** The path with the values of the right call. */
    public String path() {
        String path = template;
        for (Map.Entry<String, String> value : call.path().entrySet()) {
            path = path.replace("{" + value.getKey() + "}", value.getValue());
        }
        return path;
    }

    /** The path with another value, as it is, in the place of one parameter. */
    public String path(String parameter, String raw) {
        String path = template.replace("{" + parameter + "}", raw);
        for (Map.Entry<String, String> value : call.path().entrySet()) {
            path = path.replace("{" + value.getKey() + "}", value.getValue());
        }
        return path;
    }
}
