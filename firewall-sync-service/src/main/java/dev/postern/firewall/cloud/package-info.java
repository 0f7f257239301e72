// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of a firewall provider, and what all providers share: the HTTP client, credentials, readers of answers, coalesced reads.
 *
 * <p>May import the core, plan and budget; no provider. Each provider is a sub-package.
 */
package dev.postern.firewall.cloud;
