// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Counts the provider calls of each account over all processes. */
public interface CallUseStore {
    /** Counts {@code calls} that are about to be made. Returns the use before them, in the last minute and the last {@code period}. */
    Uni<CallUse> reserve(AccountName account, ServiceName service, int calls, Duration period);

    /** Subtracts {@code calls} that were counted and will not be made. */
    Uni<Void> giveBack(AccountName account, ServiceName service, int calls);
}
