// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import dev.postern.local.parts.RealPartsResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;

/** Environment of every IT of this module: one broker, one database, one Keycloak and one provider for one application. */
@QuarkusTestResource(value = RealPartsResource.class, initArgs = {
    @ResourceArg(name = "database", value = "token"), @ResourceArg(name = "keycloak", value = "true"),
    @ResourceArg(name = "topics", value = TokenTopics.ALL)})
@QuarkusTestResource(SimulatedProvider.class)
public final class RealTokenService {
    private RealTokenService() {}
}
