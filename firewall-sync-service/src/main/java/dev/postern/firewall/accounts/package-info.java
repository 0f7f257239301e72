// SPDX-License-Identifier: Apache-2.0
/**
 * The configured accounts: each with its provider's client, rate limiter, circuit breaker, identity and scopes.
 *
 * <p>May import the core, plan, budget and cloud. What it stores goes through AccountMemory and CallUseStore.
 */
package dev.postern.firewall.accounts;
