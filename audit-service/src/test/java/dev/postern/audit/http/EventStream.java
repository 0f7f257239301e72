// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** A browser's EventSource, as far as the tests need it. */
final class EventStream implements AutoCloseable {
    private final HttpURLConnection connection;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> comments = new CopyOnWriteArrayList<>();
    private final AtomicReference<String> lastEventId = new AtomicReference<>("");
    private volatile boolean ended;

    /** An event that was dispatched. */
    record Event(String id, String name, String data) {}

    EventStream(String url, String token, String resumeAfter) throws IOException {
        connection = (HttpURLConnection) new URL(url).openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setRequestProperty("Accept", "text/event-stream");
        connection.setReadTimeout(30_000);
        if (resumeAfter != null) {
            connection.setRequestProperty("Last-Event-ID", resumeAfter);
        }
        if (connection.getResponseCode() != 200) {
            throw new IOException("status " + connection.getResponseCode());
        }
        BufferedReader reader = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        Thread thread = new Thread(() -> read(reader), "event-stream");
        thread.setDaemon(true);
        thread.start();
    }

    private void read(BufferedReader reader) {
        String name = "";
        StringBuilder data = new StringBuilder();
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.isEmpty()) {
                    if (data.length() > 0) {
                        events.add(new Event(lastEventId.get(), name, data.toString()));
                    }
                    name = "";
                    data.setLength(0);
                    continue;
                }
                String field = line.substring(0, line.indexOf(':'));
                String value = line.substring(line.indexOf(':') + 1);
                switch (field) {
                    case "" -> comments.add(value);
                    case "id" -> lastEventId.set(value);
                    case "event" -> name = value;
                    case "data" -> data.append(data.length() > 0 ? "\n" : "").append(value);
                    default -> {}
                }
            }
        } catch (IOException closed) {
            ended = true;
        }
        ended = true;
    }

    List<Event> events() {
        return events;
    }

    List<String> comments() {
        return comments;
    }

    String lastEventId() {
        return lastEventId.get();
    }

    boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        try {
            connection.getInputStream().close();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        } finally {
            connection.disconnect();
        }
    }
}
