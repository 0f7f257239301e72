// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.CloudProviderFactory;
import dev.postern.firewall.cloud.Credential;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes clients of Cloudflare's lists of addresses, for accounts with {@code provider=cloudflare}. */
@ApplicationScoped
public class CloudflareProviderFactory implements CloudProviderFactory {
    @Override
    public String provider() {
        return "cloudflare";
    }

    @Override
    public CloudProvider create(String name, CloudAccounts.Account account, Credential credential) {
        String accountId = account.accountId()
            .orElseThrow(() -> new IllegalArgumentException("postern.accounts." + name + ".account-id must be the id of the account at Cloudflare"));
        return new CloudflareProvider(accountId, account, credential);
    }
}
