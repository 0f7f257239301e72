// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

/** Makes the clients of one provider. Every bean of this type is a provider that accounts can name in their configuration. */
public interface CloudProviderFactory {
    /** Returns the provider's name: the value of {@code postern.accounts.<name>.provider}. Unique among all factories. */
    String provider();

    /**
     * Returns the client of one account.
     *
     * @param name the account's name, for messages about its configuration
     * @throws IllegalArgumentException if a setting that the provider needs is missing; the message names it
     */
    CloudProvider create(String name, CloudAccounts.Account account, Credential credential);
}
