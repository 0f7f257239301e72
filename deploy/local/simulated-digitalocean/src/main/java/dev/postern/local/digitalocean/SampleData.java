// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import dev.postern.local.simulated.Mishap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Content of the first account: three projects of one company, with the ids that the local stack's demonstration names. */
final class SampleData {
    private static final String SHOP = "4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71677";
    private static final String BILLING = "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30";
    private static final String PLAYGROUND = "addb4547-6bab-419a-8542-76263a033cf6";
    private static final String BASE_SHOP = "bb4b2611-3d72-467b-8602-280330ecd65c";
    private static final String BASE_BILLING = "fb6045f1-cf1d-4ca3-bfac-18832663025b";
    private static final long OFFICE_KEY = 512_189;
    /** A sample: nobody has its private half. */
    private static final String OFFICE_PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g office@acme.example";
    private static final long DAY_MICROS = 86_400_000_000L;

    private SampleData() {
    }

    /** Creates the default project and the default VPC network of an account. */
    static void defaultProject(CloudAccount account, long nowMicros) {
        Project.Description described = new Project.Description(account.name(), "", "Just trying out DigitalOcean", "Development");
        String id = UUID.nameUUIDFromBytes(account.uuid().toString().getBytes(StandardCharsets.US_ASCII)).toString();
        account.projects.put(id, new Project(id, account.uuid(), described, true, nowMicros));
        defaultVpc(account, nowMicros);
    }

    private static void defaultVpc(CloudAccount account, long nowMicros) {
        VpcCalls.add(account, UUID.nameUUIDFromBytes(("vpc of " + account.uuid()).getBytes(StandardCharsets.US_ASCII)).toString(), "default-fra1",
            Catalogue.REGION_DEFAULT, true, nowMicros);
    }

    static void fill(CloudAccount account, long nowMicros) {
        long then = nowMicros - DAY_MICROS; // in effect long since
        defaultVpc(account, then);
        KeyCalls.add(account, OFFICE_KEY, "office", OFFICE_PUBLIC_KEY);
        Project shop = project(account, SHOP, "Shop", "Production", true, then);
        Project billing = project(account, BILLING, "Billing", "Production", false, then);
        Project playground = project(account, PLAYGROUND, "Playground", "Development", false, then);
        droplet(account, shop, 300_101, "shop-db-1", then, "shop", "shop-db");
        droplet(account, shop, 300_102, "shop-web-1", then, "shop", "shop-web");
        droplet(account, billing, 300_201, "billing-db-1", then, "billing", "billing-db");
        droplet(account, billing, 300_202, "billing-web-1", then, "billing", "billing-web");
        droplet(account, playground, 300_301, "playground-1", then, "playground");
        domain(account, shop, "shop.example", then);
        domain(account, billing, "billing.example", then);
        Registry acme = Registry.named("acme", "fra1", then);
        acme.push("shop-api", "1.0.0", then);
        acme.push("shop-api", "1.1.0", then);
        acme.push("billing", "2.3.1", then);
        account.registries.put(acme.name(), acme);
        account.addFirewall(base("base-shop", "shop"), BASE_SHOP, then, 0, Mishap.NONE);
        account.addFirewall(base("base-billing", "billing"), BASE_BILLING, then, 0, Mishap.NONE);
    }

    /** A Droplet without any firewall is open to all: so each company's machines have one, with only the office's SSH. */
    private static FirewallContent base(String name, String tag) {
        Rule everything = Rule.allowing("tcp", "0", List.of("0.0.0.0/0", "::/0"));
        return new FirewallContent(name, List.of(Rule.allowing("tcp", "22", List.of("198.51.100.0/24"))), List.of(everything), List.of(), List.of(tag));
    }

    private static Project project(CloudAccount account, String id, String name, String environment, boolean isDefault, long at) {
        Project project = new Project(id, account.uuid(), new Project.Description(name, name + " of Acme", "Service or API", environment), isDefault, at);
        account.projects.put(id, project);
        return project;
    }

    private static void droplet(CloudAccount account, Project project, long id, String name, long at, String... tags) {
        Droplet droplet = new Droplet(id, name, Droplet.Plan.ofSamples(account), at, at);
        account.droplets.put(id, droplet);
        for (String tag : tags) {
            account.tagDroplet(droplet, tag, at, 0);
        }
        project.resources().put(droplet.urn(), at);
    }

    private static void domain(CloudAccount account, Project project, String name, long at) {
        Domain domain = Domain.named(name);
        domain.add(account.newId(), "NS", "@", "ns1.digitalocean.com");
        domain.add(account.newId(), "A", "@", "198.18.148.70");
        domain.add(account.newId(), "CNAME", "www", "@");
        account.domains.put(name, domain);
        project.resources().put("do:domain:" + name, at);
    }
}
