// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import org.testcontainers.utility.DockerImageName;

/**
 * The container images, in the one place that names them (parts.properties). Each can be replaced, by an image that was built locally for
 * instance: {@code -Dpostern.image.kafka=…}, {@code -Dpostern.image.postgres=…}, {@code -Dpostern.image.keycloak=…}.
 */
final class Images {
    private Images() {
    }

    static DockerImageName of(String part) {
        return DockerImageName.parse(LocalRepository.setting("image." + part));
    }
}
