// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import java.util.UUID;

/** Ids as Cloudflare has them: 32 hexadecimal digits. */
final class Ids {
    private Ids() {
    }

    static String fresh() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
