// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.javaclients;

import java.util.Map;
import java.util.Properties;
import org.jclouds.ContextBuilder;
import org.jclouds.digitalocean2.DigitalOcean2Api;
import org.jclouds.digitalocean2.domain.Droplet;
import org.jclouds.digitalocean2.domain.DropletCreate;

/** jclouds within its grant and outside it; every line that it prints is checked. Its settings come from the environment. */
public final class UseJclouds {
    private UseJclouds() {
    }

    public static void main(String... arguments) throws Exception {
        Map<String, String> environment = System.getenv();
        int other = Integer.parseInt(environment.get("OTHER_DROPLET"));
        Properties settings = new Properties();
        settings.setProperty("jclouds.max-retries", "0");
        try (DigitalOcean2Api api = ContextBuilder.newBuilder("digitalocean2").endpoint(environment.get("POSTERN_GATEWAY") + "/v2")
            .credentials("", environment.get("POSTERN_TOKEN")).overrides(settings).buildApi(DigitalOcean2Api.class)) {
            DropletCreate made = api.dropletApi().create("made-by-jclouds", "fra1", "s-1vcpu-1gb", "debian-12-x64");
            int id = made.droplet().id();
            System.out.println("created " + made.links().actions().get(0).rel());
            Droplet shown = api.dropletApi().get(id);
            System.out.println("droplet " + shown.name());
            System.out.println("listed " + api.dropletApi().list().concat().transform(Droplet::name).toList());
            System.out.println("action " + api.dropletApi().reboot(id).type());
            api.dropletApi().delete(id);
            System.out.println("gone " + api.dropletApi().get(id));
            attempt("read", () -> System.out.println("read " + api.dropletApi().get(other)));
            attempt("power off", () -> System.out.println("power off " + api.dropletApi().powerOff(other)));
        }
    }

    private static void attempt(String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException refused) {
            System.out.println(what + " refused: " + refused.getClass().getSimpleName() + " " + refused.getMessage());
        }
    }
}
