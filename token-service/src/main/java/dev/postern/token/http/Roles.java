// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

/** The roles of the realm that this service knows. */
final class Roles {
    static final String REQUESTER = "requester";
    static final String OPERATOR = "operator";

    private Roles() {}
}
