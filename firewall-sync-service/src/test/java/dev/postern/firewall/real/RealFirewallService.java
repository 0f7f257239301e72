// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import dev.postern.local.parts.RealPartsResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The firewall sync service on a real broker, a real database, a real Keycloak and a simulated DigitalOcean: one application for all tests. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@QuarkusTestResource(value = RealPartsResource.class, initArgs = {
    @ResourceArg(name = "database", value = "firewall"),
    @ResourceArg(name = "topics", value = RealFirewallService.TOPICS),
    @ResourceArg(name = "keycloak", value = "true")})
@QuarkusTestResource(SimulatedCloud.class)
public @interface RealFirewallService {
    /** Topics that the service reads and writes. */
    String TOPICS = "access-decided:3,access-decided.dead-letter:3,access-ended:3,access-ended.dead-letter:3,firewall-changed:3,service-protected:3,"
        + "attempts-refused:3";
}
