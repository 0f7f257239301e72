// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import dev.postern.events.AccountName;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Stores the provider's account id of a configured account. */
public interface AccountMemory {
    /** Returns the identity that was remembered, or this one, which is remembered from now on. */
    Uni<String> rememberedOr(AccountName account, String identity);

    /** Returns the identity that was remembered; empty if none was. */
    Uni<Optional<String>> remembered(AccountName account);
}
