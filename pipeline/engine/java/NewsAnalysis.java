import java.io.Reader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * Lucene's analysis components under the names and settings that Elasticsearch's own analysis-common
 * module gives them, so that one mapping works on this node and on a full Elasticsearch.
 *
 * <p>A name maps to Lucene's by dropping the underscores, a setting by camel case. An unknown setting
 * is an error. Every component is instantiated for every index unless it declares that it needs
 * settings: a default that fails would fail the creation of any index.
 */
public class NewsAnalysis extends Plugin implements AnalysisPlugin {
  /** Filters that work on one character or token alone: they also fold wildcards and keywords. */
  private static final List<String> NORMALIZING = words(
      "asciifolding cjk_width decimal_digit trim uppercase arabic_normalization bengali_normalization"
          + " german_normalization hindi_normalization indic_normalization persian_normalization"
          + " scandinavian_folding scandinavian_normalization serbian_normalization sorani_normalization");

  private static final List<String> PLAIN =
      words("apostrophe flatten_graph keyword_repeat kstem porter_stem remove_duplicates word_delimiter_graph");

  /** Package and class prefix of Lucene's language analyzers; the latter is also our name for it. */
  private static final List<String> ANALYZERS = words(
      "ar.Arabic hy.Armenian eu.Basque bn.Bengali br.Brazilian bg.Bulgarian ca.Catalan cjk.CJK cz.Czech da.Danish"
          + " nl.Dutch en.English et.Estonian fi.Finnish fr.French gl.Galician de.German el.Greek hi.Hindi"
          + " hu.Hungarian id.Indonesian ga.Irish it.Italian lv.Latvian lt.Lithuanian no.Norwegian fa.Persian"
          + " pt.Portuguese ro.Romanian ru.Russian sr.Serbian ckb.Sorani es.Spanish sv.Swedish tr.Turkish");

  private static final Map<String, String> TOKENIZERS = Map.of(
      "keyword", "keyword", "whitespace", "whitespace", "letter", "letter", "pattern", "pattern",
      "uax_url_email", "uax29urlemail");

  /** Stemmers that are filters of their own and not Snowball's. */
  private static final Set<String> NOT_SNOWBALL = Set.copyOf(words(
      "arabic bengali brazilian bulgarian czech galician greek hindi indonesian latvian persian sorani porter"
          + " spanish_plural"));

  private static final Map<String, String> IRREGULAR_STEMMERS = Map.of(
      "english", "porterstem", "light_english", "kstem", "kstem", "kstem",
      "possessive_english", "englishpossessive", "portuguese_rslp", "portuguesestem");

  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    Map<String, AnalysisProvider<TokenFilterFactory>> all = new HashMap<>();
    for (String filter : NORMALIZING) {
      all.put(filter, (index, env, name, s) -> normalizing(name, spi(filter), arguments(s)));
    }
    for (String filter : PLAIN) {
      all.put(filter, (index, env, name, s) -> new Plain(name, lucene(spi(filter), arguments(s))));
    }
    all.put("lowercase", (index, env, name, s) ->
        normalizing(name, s.get("language", "") + "lowercase", new HashMap<>()));
    all.put("snowball", (index, env, name, s) ->
        new Plain(name, in -> new SnowballFilter(in, title(s.get("language", "English")))));
    all.put("stemmer", (index, env, name, s) ->
        new Plain(name, stemmer(s.get("language", s.get("name", "porter")).toLowerCase(Locale.ROOT))));
    all.put("cjk_bigram", (index, env, name, s) -> {
      Map<String, String> options = s.getAsList("ignored_scripts").stream()
          .collect(Collectors.toMap(script -> script, script -> "false"));
      options.put("outputUnigrams", s.get("output_unigrams", "false"));
      return new Plain(name, lucene("cjkbigram", options));
    });
    all.put("elision", (index, env, name, s) -> {
      CharArraySet given = Analysis.parseArticles(env, s);
      CharArraySet articles = given == null ? FrenchAnalyzer.DEFAULT_ARTICLES : given;
      Filter filter = in -> new ElisionFilter(in, articles);
      return new Normalizing(name, filter, filter);
    });
    all.put("pattern_replace", AnalysisPlugin.requiresAnalysisSettings((index, env, name, s) ->
        normalizing(name, "patternreplace", arguments(s))));
    all.put("keyword_marker", AnalysisPlugin.requiresAnalysisSettings((index, env, name, s) -> {
      boolean ignoreCase = s.getAsBoolean("ignore_case", false);
      CharArraySet keep = new CharArraySet(Analysis.getWordList(env, s, "keywords"), ignoreCase);
      return new Plain(name, in -> new SetKeywordMarkerFilter(in, keep));
    }));
    return all;
  }

  @Override
  public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
    return Map.of("html_strip", (index, env, name, s) -> {
      Map<String, String> options = new HashMap<>();
      if (s.hasValue("escaped_tags")) options.put("escapedTags", String.join(",", s.getAsList("escaped_tags")));
      return new Html(name, org.apache.lucene.analysis.CharFilterFactory.forName("htmlstrip", options));
    });
  }

  @Override
  public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
    Map<String, AnalysisProvider<TokenizerFactory>> all = new HashMap<>();
    TOKENIZERS.forEach((tokenizer, spi) -> all.put(tokenizer, (index, env, name, s) -> {
      Map<String, String> options = arguments(s);
      if (tokenizer.equals("pattern")) options.putIfAbsent("pattern", "\\W+");
      return TokenizerFactory.newFactory(name, org.apache.lucene.analysis.TokenizerFactory.forName(spi, options)::create);
    }));
    return all;
  }

  @Override
  public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
    Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> all = new HashMap<>();
    for (String type : ANALYZERS) {
      String language = type.split("\\.")[1].toLowerCase(Locale.ROOT);
      all.put(language, (index, env, name, s) -> {
        Settings withDefault = Settings.builder().put("stopwords", "_" + language + "_").put(s).build();
        CharArraySet stops = Analysis.parseStopWords(env, withDefault, CharArraySet.EMPTY_SET);
        CharArraySet unstemmed = Analysis.parseStemExclusion(s, CharArraySet.EMPTY_SET);
        Analyzer analyzer = analyzer(type, stops, unstemmed);
        return new AbstractIndexAnalyzerProvider<Analyzer>(name) {
          @Override
          public Analyzer get() {
            return analyzer;
          }
        };
      });
    }
    return all;
  }

  private interface Filter {
    TokenStream on(TokenStream in);
  }

  private record Plain(String name, Filter filter) implements TokenFilterFactory {
    @Override
    public TokenStream create(TokenStream in) {
      return filter.on(in);
    }
  }

  private record Normalizing(String name, Filter filter, Filter normal) implements NormalizingTokenFilterFactory {
    @Override
    public TokenStream create(TokenStream in) {
      return filter.on(in);
    }

    @Override
    public TokenStream normalize(TokenStream in) {
      return normal.on(in);
    }
  }

  private record Html(String name, org.apache.lucene.analysis.CharFilterFactory filter) implements CharFilterFactory {
    @Override
    public Reader create(Reader in) {
      return filter.create(in);
    }
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  private static String title(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static String spi(String name) {
    return name.replace("_", "");
  }

  private static Filter lucene(String spi, Map<String, String> arguments) {
    return org.apache.lucene.analysis.TokenFilterFactory.forName(spi, arguments)::create;
  }

  private static TokenFilterFactory normalizing(String name, String spi, Map<String, String> arguments) {
    var filter = org.apache.lucene.analysis.TokenFilterFactory.forName(spi, arguments);
    return new Normalizing(name, filter::create, filter::normalize);
  }

  /** light_french is Lucene's frenchLightStem; a language without a filter of its own gets its Snowball stemmer. */
  private static Filter stemmer(String language) {
    int cut = language.indexOf('_');
    if (IRREGULAR_STEMMERS.containsKey(language)) return lucene(IRREGULAR_STEMMERS.get(language), new HashMap<>());
    if (NOT_SNOWBALL.contains(language)) return lucene(spi(language) + "stem", new HashMap<>());
    if (cut > 0) return lucene(language.substring(cut + 1) + language.substring(0, cut) + "stem", new HashMap<>());
    // The Snowball filter found by name needs a resource loader; made directly it does not.
    String snowball = language.equals("porter2") ? "English" : title(language);
    return in -> new SnowballFilter(in, snowball);
  }

  /** preserve_original: true becomes preserveOriginal=true; most switches of word_delimiter_graph are 0 or 1 in Lucene. */
  private static Map<String, String> arguments(Settings settings) {
    Map<String, String> all = new HashMap<>();
    boolean numeric = settings.get("type", "").equals("word_delimiter_graph");
    for (String key : settings.keySet()) {
      if (key.equals("type") || key.contains(".")) continue;
      String value = settings.get(key);
      if (numeric && !key.equals("adjust_offsets")) {
        value = value.equals("true") ? "1" : value.equals("false") ? "0" : value;
      }
      String camel = words(key.replace('_', ' ')).stream().map(NewsAnalysis::title).collect(Collectors.joining());
      all.put(camel.substring(0, 1).toLowerCase(Locale.ROOT) + camel.substring(1), value);
    }
    return all;
  }

  private static Analyzer analyzer(String type, CharArraySet stops, CharArraySet unstemmed) {
    try {
      Class<?> found = Class.forName("org.apache.lucene.analysis." + type + "Analyzer");
      boolean stems = Arrays.stream(found.getConstructors()).anyMatch(c -> c.getParameterCount() == 2);
      return (Analyzer) (stems
          ? found.getConstructor(CharArraySet.class, CharArraySet.class).newInstance(stops, unstemmed)
          : found.getConstructor(CharArraySet.class).newInstance(stops));
    } catch (ReflectiveOperationException problem) {
      throw new IllegalArgumentException(type, problem);
    }
  }
}
