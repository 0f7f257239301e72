// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.CloudProviderFactory;
import dev.postern.firewall.cloud.Credential;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes clients of DigitalOcean's cloud firewalls, for accounts with {@code provider=digitalocean}. */
@ApplicationScoped
public class DigitalOceanProviderFactory implements CloudProviderFactory {
    @Override
    public String provider() {
        return "digitalocean";
    }

    @Override
    public CloudProvider create(String name, CloudAccounts.Account account, Credential credential) {
        return new DigitalOceanProvider(account, credential);
    }
}
