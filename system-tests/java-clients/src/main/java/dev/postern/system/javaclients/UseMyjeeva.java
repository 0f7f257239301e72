// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.javaclients;

import com.myjeeva.digitalocean.impl.DigitalOceanClient;
import com.myjeeva.digitalocean.pojo.DomainRecord;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;

/** myjeeva's client within its grant and outside it; every line that it prints is checked. Its settings come from the environment. */
public final class UseMyjeeva {
    private UseMyjeeva() {
    }

    public static void main(String... arguments) throws Exception {
        Map<String, String> environment = System.getenv();
        String domain = environment.get("DOMAIN");
        int droplet = Integer.parseInt(environment.get("DROPLET"));
        URI gateway = URI.create(environment.get("POSTERN_GATEWAY"));
        // It knows one address only, with TLS: whatever it asks for there is sent to the gateway.
        HttpRoute route = new HttpRoute(new HttpHost(gateway.getHost(), gateway.getPort(), "http"));
        try (CloseableHttpClient http = HttpClients.custom().setRoutePlanner((target, request, context) -> route)
            .addInterceptorLast((HttpRequestInterceptor) (request, context) -> request.setHeader("Host", gateway.getAuthority())).build()) {
            DigitalOceanClient api = new DigitalOceanClient("v2", environment.get("POSTERN_TOKEN"), http);
            System.out.println("domains " + api.getAvailableDomains(1).getDomains().stream().map(each -> each.getName()).toList());
            int id = api.createDomainRecord(domain, new DomainRecord("java", "one", "TXT")).getId();
            System.out.println("updated " + api.updateDomainRecord(domain, id, new DomainRecord("java", "two", "TXT")).getData());
            System.out.println("records " + api.getDomainRecords(domain, 1, 200).getDomainRecords().size());
            System.out.println("deleted " + api.deleteDomainRecord(domain, id).getIsRequestSuccess());
            System.out.println("droplet " + api.getDropletInfo(droplet).getName());
            System.out.println("action " + api.rebootDroplet(droplet).getType());
            attempt("other domain", () -> api.getDomainInfo(environment.get("OTHER_DOMAIN")).getName());
            attempt("other record", () -> api.createDomainRecord(environment.get("OTHER_DOMAIN"), new DomainRecord("java", "one", "TXT")).getId());
            attempt("power off", () -> api.powerOffDroplet(Integer.parseInt(environment.get("OTHER_DROPLET"))).getType());
        }
    }

    private static void attempt(String what, Callable<Object> call) {
        try {
            System.out.println(what + " " + call.call());
        } catch (Exception refused) {
            System.out.println(what + " refused: " + refused.getClass().getSimpleName() + " " + refused.getMessage());
        }
    }
}
