// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * A DNS server (RFC 1035, UDP) for the TXT records that the provider holds at this moment, and for the SOA record of each zone. Any other question has an
 * empty answer. An ACME server asks it for the records of a challenge.
 */
final class ZoneDns implements AutoCloseable {
    private static final int TYPE_SOA = 6;
    private static final int TYPE_TXT = 16;
    private static final int HEADER_BYTES = 12;
    private static final int PACKET_BYTES_MAX = 4_096;

    private final DatagramSocket socket;
    private final List<String> zones;
    private final BiFunction<String, String, List<String>> texts;
    private final Thread thread;

    /** @param texts the texts at a name of a zone, {@code @} for the zone itself */
    ZoneDns(List<String> zones, BiFunction<String, String, List<String>> texts) throws IOException {
        this.zones = List.copyOf(zones);
        this.texts = texts;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        this.thread = new Thread(this::serve, "zone-dns");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                DatagramPacket question = new DatagramPacket(new byte[PACKET_BYTES_MAX], PACKET_BYTES_MAX);
                socket.receive(question);
                byte[] answer = answer(question.getData(), question.getLength());
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            } catch (SocketException closed) {
                return;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private byte[] answer(byte[] question, int length) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = HEADER_BYTES;
        for (; at < length && question[at] != 0; at += question[at] + 1) {
            name.append(name.length() == 0 ? "" : ".").append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
        }
        int type = (question[at + 1] & 0xff) << 8 | question[at + 2] & 0xff;
        int end = at + 5;
        String asked = name.toString().toLowerCase(Locale.ROOT);
        String zone = zones.stream().filter(each -> asked.equals(each) || asked.endsWith("." + each)).findFirst().orElse(null);

        ByteArrayOutputStream records = new ByteArrayOutputStream();
        int count = 0;
        if (zone != null && type == TYPE_TXT) {
            String label = asked.equals(zone) ? "@" : asked.substring(0, asked.length() - zone.length() - 1);
            for (String text : texts.apply(zone, label)) {
                byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
                ByteArrayOutputStream data = new ByteArrayOutputStream();
                data.write(bytes.length);
                data.write(bytes);
                write(records, type, data.toByteArray());
                count++;
            }
        } else if (asked.equals(zone) && type == TYPE_SOA) {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            data.write(new byte[] {2, 'n', 's', (byte) 0xc0, HEADER_BYTES, 4, 'h', 'o', 's', 't', (byte) 0xc0, HEADER_BYTES});
            data.write(new byte[4 * 5]); // serial, refresh, retry, expire, minimum
            write(records, type, data.toByteArray());
            count++;
        }
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(answer);
        out.write(question, 0, 2);
        out.writeShort(0x8580); // an authoritative answer without error
        out.writeShort(1);
        out.writeShort(count);
        out.writeInt(0); // no authority, no additional records
        out.write(question, HEADER_BYTES, end - HEADER_BYTES);
        out.write(records.toByteArray());
        return answer.toByteArray();
    }

    private static void write(ByteArrayOutputStream records, int type, byte[] data) throws IOException {
        DataOutputStream out = new DataOutputStream(records);
        out.writeShort(0xc000 | HEADER_BYTES); // the name of the question
        out.writeShort(type);
        out.writeShort(1);
        out.writeInt(0);
        out.writeShort(data.length);
        out.write(data);
    }

    @Override
    public void close() {
        socket.close();
    }
}
