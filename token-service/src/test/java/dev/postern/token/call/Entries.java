// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;

/** Entries of a grant, as a verdict names them. */
public final class Entries {
    private Entries() {}

    /** The entry at that place. */
    public static GrantEntry entry(int index, DigitalOceanApi detail) {
        return new GrantEntry(index, detail);
    }
}
