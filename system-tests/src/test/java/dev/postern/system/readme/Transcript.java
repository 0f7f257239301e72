package dev.postern.system.readme;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the README shows between {@code ```console} and {@code ```}: commands behind {@code $} (and {@code >} where they go on), each with what came back.
 *
 * @param command what is typed
 * @param shown   what comes back, with {@code …} for what is left out
 */
record Transcript(String command, String shown) {
    private static final String BEGIN = "```console\n";

    static List<Transcript> of(String readme) {
        List<Transcript> all = new ArrayList<>();
        for (int start = readme.indexOf(BEGIN); start >= 0; start = readme.indexOf(BEGIN, start + 1)) {
            String block = readme.substring(start + BEGIN.length(), readme.indexOf("\n```", start + BEGIN.length()));
            for (String entry : block.split("(?m)^\\$ ")) {
                if (!entry.isBlank()) {
                    List<String> lines = Arrays.asList(entry.split("\n"));
                    int more = 1;
                    while (more < lines.size() && lines.get(more).startsWith("> ")) {
                        more++;
                    }
                    all.add(new Transcript(lines.get(0) + lines.subList(1, more).stream().map(line -> "\n" + line.substring(2)).collect(Collectors.joining()),
                        String.join("\n", lines.subList(more, lines.size()))));
                }
            }
        }
        return all;
    }

    /** Whether it only looks: such a command may be repeated until it shows what is awaited. */
    boolean looks() {
        return command.startsWith("curl") && !command.contains(" -X ") && !command.contains(" -d ");
    }

    /** Whether that came back, but for ids, times, digests and numbers that count. */
    boolean matches(String answer) {
        String expected = Arrays.stream(settled(shown).split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(expected, Pattern.DOTALL).matcher(settled(answer).strip()).matches();
    }

    private static String settled(String text) {
        return text.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>")
            .replaceAll("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "<time>")
            .replaceAll("[A-Za-z0-9+/]{43}=", "<digest>")
            .replaceAll("\"(index|size|version|policy_set_version)\":[0-9]+", "\"$1\":<number>");
    }
}
