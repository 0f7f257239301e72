// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One nginx with three servers: the upstream that everybody is measured in front of, a plain proxy, and one that asks an endpoint about every call. */
final class Nginx implements AutoCloseable {
    private final Process process;

    private Nginx(Process process) {
        this.process = process;
    }

    static Nginx start(Path folder, int upstream, int plain, int authRequest, String answer) throws IOException {
        Files.createDirectories(folder);
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, """
            daemon off; worker_processes 2; pid %1$s/nginx.pid; error_log %1$s/error.log warn;
            events { worker_connections 1024; }
            http {
              access_log off; keepalive_requests 100000000; tcp_nodelay on;
              client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
              upstream origin { server 127.0.0.1:%2$d; keepalive 64; }
              server { listen 127.0.0.1:%2$d; default_type application/json;
                location / { return 200 '%5$s'; }
                location = /auth { return 204; } }
              server { listen 127.0.0.1:%3$d;
                location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; } }
              server { listen 127.0.0.1:%4$d;
                location / { auth_request /auth; proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }
                location = /auth { internal; proxy_pass http://origin/auth; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_pass_request_body off; proxy_set_header Content-Length ""; } }
            }
            """.formatted(folder, upstream, plain, authRequest, answer));
        return new Nginx(new ProcessBuilder(List.of("nginx", "-p", folder.toString(), "-c", configuration.toString()))
            .redirectErrorStream(true).redirectOutput(folder.resolve("nginx.out").toFile()).start());
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(5, TimeUnit.SECONDS);
    }
}
