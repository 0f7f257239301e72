// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.CloudProviderFactory;
import dev.postern.firewall.cloud.Credential;
import java.util.Map;
import java.util.TreeMap;

/** The providers that accounts can name, by the name in their configuration. */
final class ProviderFactories {
    private final Map<String, CloudProviderFactory> byProvider = new TreeMap<>();

    /** @throws IllegalArgumentException if two factories have one name */
    ProviderFactories(Iterable<CloudProviderFactory> factories) {
        for (CloudProviderFactory factory : factories) {
            if (byProvider.put(factory.provider(), factory) != null) {
                throw new IllegalArgumentException("two provider factories are named " + factory.provider());
            }
        }
    }

    /** Returns the client of one account. @throws IllegalArgumentException if its provider is unknown or a setting is missing; the message names it */
    CloudProvider create(String name, CloudAccounts.Account account, Credential credential) {
        CloudProviderFactory factory = byProvider.get(account.provider());
        if (factory == null) {
            throw new IllegalArgumentException("postern.accounts." + name + ".provider is " + account.provider() + " and must be one of "
                + String.join(", ", byProvider.keySet()));
        }
        return factory.create(name, account, credential);
    }
}
