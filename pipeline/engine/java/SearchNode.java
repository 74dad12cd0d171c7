import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.LogManager;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Runs one Elasticsearch node until SIGTERM.
 *
 * <p>The only argument is the node's folder: {@code config/} is read from it, and {@code node.pid} is
 * written into it once the node answers. A node that can't start says why in one line on stderr and
 * exits with 1.
 */
public class SearchNode {
  public static void main(String[] arguments) {
    // Logging takes System.err for itself; the one line for people goes to the stream of before.
    PrintStream console = System.err;
    Path home = Path.of(arguments[0]);
    Path pid = home.resolve("node.pid");
    CountDownLatch forever = new CountDownLatch(1);
    try {
      Node node = node(home);
      node.start();
      Files.writeString(pid, Long.toString(ProcessHandle.current().pid()));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node, pid)));
      // No thread of the node keeps the JVM alive.
      forever.await();
    } catch (Throwable problem) {
      LogManager.getLogger(SearchNode.class).error("start failed", problem);
      console.println(sentence(problem));
      Runtime.getRuntime().halt(1);
    }
  }

  private static Node node(Path home) throws Exception {
    Path config = home.resolve("config");
    Settings settings = Settings.builder().loadFromPath(config.resolve("elasticsearch.yml")).build();
    Environment environment = new Environment(settings, config);
    LogConfigurator.registerErrorListener();
    LogConfigurator.configureESLogging();
    LogConfigurator.setNodeName(Node.NODE_NAME_SETTING.get(settings));
    LogConfigurator.configure(environment, false);
    // All is on one class path, without a module layer: so no exports of server modules (the last argument).
    var modules = PluginsLoader.loadModulesBundles(environment.modulesDir(), false);
    return new Node(environment, PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false));
  }

  private static void close(Node node, Path pid) {
    try {
      node.close();
      Files.deleteIfExists(pid);
    } catch (Exception problem) {
      LogManager.getLogger(SearchNode.class).error("close failed", problem);
    }
    LogManager.shutdown();
    // A JVM that ends by SIGTERM exits with 143; this was a clean close.
    Runtime.getRuntime().halt(0);
  }

  private static String sentence(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) root = root.getCause();
    String text = problem.getMessage() + (root == problem ? "" : " (" + root.getMessage() + ")");
    return text.replaceAll("\\s+", " ");
  }
}
