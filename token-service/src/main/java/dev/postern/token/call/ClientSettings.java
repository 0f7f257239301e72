// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Members that a client sends along for itself: Ansible's modules write all their parameters into a body. The provider has no member of these names. */
final class ClientSettings {
    private static final Set<String> NAMES = Set.of("baseurl", "validate_certs", "timeout", "state", "wait", "wait_timeout", "sleep_interval", "unique_name",
        "resize_disk", "force_update");

    private ClientSettings() {}

    /** Returns whether a member of the body's top level is such a setting: spelt exactly so, and with a plain value. */
    static boolean is(String name, JsonNode value) {
        return NAMES.contains(name) && value.isValueNode();
    }
}
