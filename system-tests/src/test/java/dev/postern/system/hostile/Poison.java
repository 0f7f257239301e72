// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

/** Makes a body invalid whatever else was done to it: adds a member that no schema knows. */
final class Poison {
    static final String MEMBER = "\"hostile_member\":true";

    private Poison() {}

    /** The same JSON object with the member in front. */
    static String into(String object) {
        int brace = object.indexOf('{');
        String rest = object.substring(brace + 1);
        return object.substring(0, brace + 1) + MEMBER + (rest.trim().startsWith("}") ? "" : ",") + rest;
    }
}
