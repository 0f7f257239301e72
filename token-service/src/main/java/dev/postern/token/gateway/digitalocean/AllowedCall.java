// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.call.CallVerdict;
import dev.postern.token.call.GrantEntry;
import java.util.List;

/**
 * A call that the grant allows.
 *
 * @param checked  as it goes to the provider
 * @param verdict  {@link CallVerdict.Allowed} or {@link CallVerdict.AllowedFiltered}
 * @param provider of the grant's account
 */
record AllowedCall(CheckedCall checked, CallVerdict verdict, Provider provider) {
    /** Returns the entries of the grant under which the call is counted. */
    List<GrantEntry> counted() {
        return verdict instanceof CallVerdict.Allowed yes ? yes.counted() : ((CallVerdict.AllowedFiltered) verdict).counted();
    }
}
