// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.port.BudgetBook;
import java.util.Optional;

/**
 * An allowed call that is paid for.
 *
 * @param quota what its token may still spend; empty where nothing is counted by the hour
 */
record ChargedCall(AllowedCall allowed, Optional<BudgetBook.Quota> quota) {}
