using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Models.Tokens.Jinja;

namespace Models.Tokens;

/// <summary>
/// A model's chat template: the subset of Jinja that published templates use, rendered as Hugging Face transformers does
/// (Jinja2's immutable sandbox, <c>trim_blocks</c>, <c>lstrip_blocks</c>, loop controls, plain JSON). Immutable and safe for several threads.
/// A template is as little to be trusted as the download it came with: the time and memory of a rendering are bounded.
/// </summary>
public sealed class ChatTemplate
{
    // Published templates have up to some 30,000 characters.
    private const int MaxCharacters = 1 << 18;
    private const int MaxConfigBytes = 1 << 26;

    private readonly Statement[] _body;
    private readonly Prologue _prologue;
    private readonly int _slots;
    private readonly Lazy<TemplateReach> _reach;

    private ChatTemplate(string source, Statement[] body)
    {
        Source = source;
        var layout = new FunctionLayout(null);
        var scope = new Scope(null, layout);
        body.DeclareAll(scope);
        _prologue = scope.CreatePrologue();
        body.BindAll(scope);
        _body = body;
        _slots = layout.Slots;
        _reach = new(() => TemplateReach.Of(this));
    }

    /// <summary>The template's own text.</summary>
    public string Source { get; }

    /// <summary>What of a prompt's beginning reaches the model.</summary>
    public TemplateReach Reach => _reach.Value;

    /// <summary>
    /// Reads the template of a model folder: <c>chat_template.jinja</c>, else <c>chat_template</c> in <c>tokenizer_config.json</c>
    /// (a string, or a list of named ones of which <c>default</c> is taken). Null where the model has none.
    /// </summary>
    /// <exception cref="TemplateException">The template is malformed or uses what this subset lacks (named, with its line); a file cannot be read.</exception>
    public static ChatTemplate? FromFolder(string folder)
    {
        var path = Path.Combine(folder, "chat_template.jinja");
        var isConfig = !File.Exists(path);
        if (isConfig) path = Path.Combine(folder, "tokenizer_config.json");
        if (isConfig && !File.Exists(path)) return null;
        var source = isConfig ? FindInConfig(ReadText(path), path) : ReadText(path);
        try
        {
            return source is null ? null : Parse(source);
        }
        catch (TemplateException error)
        {
            throw new TemplateException($"{path}: {error.Message} A template put into chat_template.jinja of that folder takes its place.", error);
        }
    }

    /// <summary>Compiles a template.</summary>
    /// <exception cref="TemplateException">The template is malformed or uses what this subset lacks (named, with its line).</exception>
    public static ChatTemplate Parse(string source)
    {
        if (source.Length > MaxCharacters) throw new TemplateException($"The chat template has {source.Length} characters; at most {MaxCharacters} are read.");
        return new(source, Parser.Parse(source));
    }

    /// <summary>Renders the template. What a variable's text says is never taken for template source.</summary>
    /// <param name="variables">messages, tools, add_generation_prompt, bos_token, eos_token and whatever else the template reads.</param>
    /// <param name="clock">For <c>strftime_now</c>; the system clock by default.</param>
    /// <exception cref="TemplateException">The template raised an exception, a value has the wrong type, or a bound was reached.</exception>
    public string Render(JsonObject variables, TimeProvider? clock = null)
    {
        var context = new RenderContext(clock ?? TimeProvider.System);
        JsonReader.Provide(context, variables);
        var frame = new Frame(context, null, _slots);
        _prologue.Run(frame);
        var output = new StringBuilder();
        Statement.Run(_body, frame, output);
        return output.ToString();
    }

    private static string ReadText(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MaxConfigBytes) throw new TemplateException($"{path} has {length} bytes; at most {MaxConfigBytes} are read.");
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TemplateException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static string? FindInConfig(string json, string path)
    {
        try
        {
            return JsonNode.Parse(json)?["chat_template"] switch
            {
                null => null,
                JsonValue text => text.GetValue<string>(),
                JsonArray named => FindDefault(named, path),
                _ => throw new TemplateException($"{path}: 'chat_template' is neither a text nor a list of named ones."),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new TemplateException($"{path} is malformed: {error.Message}", error);
        }
    }

    private static string FindDefault(JsonArray named, string path)
    {
        var chosen = named.FirstOrDefault(template => (string?)template?["name"] == "default")
            ?? throw new TemplateException($"{path} has several chat templates and none is called 'default'; put the one to use into chat_template.jinja.");
        return (string?)chosen["template"] ?? throw new TemplateException($"{path}: the chat template 'default' has no text.");
    }
}
