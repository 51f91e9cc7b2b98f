// Apache Kafka's console tools in one JVM, one after another, as to start a JVM takes longer than what most of them do. Reads a
// line of JSON for each run, {"tool": its class, "args", "input": what it reads}, and answers with one,
// {"status": its exit code, "printed", "complained"}.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

public class ConsoleTools {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of the running tool; null until it wants to exit. Some catch what the exit throws, and exit again. */
    private static Integer status;

    /** What the tool wants done when it exits: its producer sends what it still has. */
    private static final List<Runnable> AT_EXIT = new ArrayList<>();

    private static class Exited extends RuntimeException {}

    public static void main(String[] none) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        catchExits();
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            ByteArrayOutputStream complained = new ByteArrayOutputStream();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            int code = run(JSON.readTree(line));
            answers.println(JSON.writeValueAsString(Map.of(
                "status", code,
                "printed", printed.toString(StandardCharsets.UTF_8),
                "complained", complained.toString(StandardCharsets.UTF_8))));
        }
    }

    /** By reflection, as Exit has moved in 4.4. */
    private static void catchExits() throws ReflectiveOperationException {
        Class<?> exit = exitClass();
        for (String what : List.of("setExitProcedure", "setHaltProcedure")) {
            set(exit, what, "Procedure", (proxy, method, args) -> {
                if (status == null) status = (Integer) args[0];
                throw new Exited();
            });
        }
        set(exit, "setShutdownHookAdder", "ShutdownHookAdder", (proxy, method, args) -> {
            AT_EXIT.add((Runnable) args[1]);
            return null;
        });
    }

    private static Class<?> exitClass() throws ClassNotFoundException {
        try {
            return Class.forName("org.apache.kafka.common.utils.Exit");
        } catch (ClassNotFoundException moved) {
            return Class.forName("org.apache.kafka.common.utils.internals.Exit");
        }
    }

    private static void set(Class<?> exit, String what, String type, InvocationHandler handler)
            throws ReflectiveOperationException {
        Class<?> wanted = Class.forName(exit.getName() + "$" + type);
        Object procedure = Proxy.newProxyInstance(wanted.getClassLoader(), new Class<?>[] {wanted}, handler);
        exit.getMethod(what, wanted).invoke(null, procedure);
    }

    /** ConfigCommand was not among the others before 4.4. */
    private static Class<?> toolClass(String name) throws ClassNotFoundException {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException elsewhere) {
            return Class.forName(name.replace("org.apache.kafka.tools.", "kafka.admin."));
        }
    }

    private static int run(JsonNode asked) throws ReflectiveOperationException {
        System.setIn(new ByteArrayInputStream(asked.get("input").asText().getBytes(StandardCharsets.UTF_8)));
        String[] args = StreamSupport.stream(asked.get("args").spliterator(), false).map(JsonNode::asText).toArray(String[]::new);
        status = null;
        try {
            toolClass(asked.get("tool").asText()).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException thrown) {
            if (!(thrown.getCause() instanceof Exited)) {
                thrown.getCause().printStackTrace();
                status = 1;
            }
        }
        AT_EXIT.forEach(Runnable::run);
        AT_EXIT.clear();
        return status == null ? 0 : status;
    }
}
