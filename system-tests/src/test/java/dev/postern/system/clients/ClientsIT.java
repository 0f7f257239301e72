// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import dev.postern.system.SharedStack;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real clients of the DigitalOcean API, all on one stack: a class of its own for each would start a stack for each. */
@ExtendWith(SharedStack.class)
class ClientsIT {
    @Nested
    class Certificate extends CertificateClients {
    }

    @Nested
    class Npm extends NpmClients {
    }

    @Nested
    class Godo extends GodoClient {
    }

    @Nested
    class Python extends PythonClients {
    }

    @Nested
    class Ansible extends AnsibleClient {
    }

    @Nested
    class Java extends JavaClients {
    }

    @Nested
    class Recorded extends RecordedClients {
    }

    @Nested
    class Proxied extends ProxiedClients {
    }
}
