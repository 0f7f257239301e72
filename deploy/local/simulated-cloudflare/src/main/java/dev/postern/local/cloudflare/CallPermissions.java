// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import java.util.Set;

/** The permissions of which an operation on lists accepts any one, as the API reference names them ("Accepted Permissions"). Verifying a token needs none. */
final class CallPermissions {
    static final String READ = "Account Filter Lists Read";
    static final String EDIT = "Account Filter Lists Edit";

    private CallPermissions() {
    }

    /** Returns whether a token with these permissions may make the call. */
    static boolean allow(Set<String> permissions, String method, String path) {
        return path.endsWith("/tokens/verify") || permissions.contains(EDIT) || method.equals("GET") && permissions.contains(READ);
    }
}
