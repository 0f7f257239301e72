// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

/**
 * Adds {@code error} and {@code error_description} of RFC 6749 section 5.2 to refusals of the OAuth endpoints, whichever part of the service refuses: OAuth
 * clients read these members and nothing else. RFC 7662 section 2.3 and RFC 7009 section 2.2.1 ask for the same.
 */
final class OAuthErrors {
    private static final String ENDPOINTS = "/oauth2/";
    private static final String ERROR = "error";

    private OAuthErrors() {}

    /**
     * Returns the refusal with the members of RFC 6749; unchanged for other paths.
     *
     * @param path          the path of the request; null if it could not be read
     * @param authenticated whether the request came with a credential
     */
    static Problem complete(Problem refusal, String path, boolean authenticated) {
        return path == null || !path.startsWith(ENDPOINTS) ? refusal
            : refusal.member(ERROR, error(refusal.status(), authenticated)).member("error_description", description(refusal.detail()));
    }

    private static String error(int status, boolean authenticated) {
        switch (status) {
            case 401:
                // RFC 6750 section 3.1 for a bearer token that is not valid; RFC 6749 where the client did not authenticate at all.
                return authenticated ? "invalid_token" : "invalid_client";
            case 403:
                return "unauthorized_client";
            case 429:
            case 503:
                return "temporarily_unavailable";
            default:
                return status >= 500 ? "server_error" : "invalid_request";
        }
    }

    /** Returns a text of the characters that RFC 6749 allows there: visible ASCII and blanks, without quotation marks and backslashes. */
    private static String description(String detail) {
        return detail.replaceAll("[^\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]", "'");
    }
}
