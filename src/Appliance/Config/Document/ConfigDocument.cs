using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Appliance.Config.Document;

/// <summary>
/// A configuration file as it was written: JSON with comments and trailing commas, an object at the top, no name twice. Knows where every
/// value and comment stands, so that a change touches nothing else. Immutable and safe for several threads.
/// </summary>
internal sealed class ConfigDocument
{
    /// <summary>Largest file, bytes.</summary>
    public const int Largest = 1024 * 1024;

    private const int Deepest = 64;
    private readonly List<Range> _comments = [];

    private ConfigDocument(ReadOnlyMemory<byte> text)
    {
        Text = text;
        Root = Read(new Utf8JsonReader(text.Span, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true, MaxDepth = Deepest }));
    }

    /// <summary>What stands in the file, UTF-8 without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>The object at the top.</summary>
    public ConfigNode Root { get; }

    /// <summary>Where comments stand, their marks included.</summary>
    public IReadOnlyList<Range> Comments => _comments;

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="ConfigSyntaxException">It is not what a configuration file is.</exception>
    public static ConfigDocument Parse(ReadOnlyMemory<byte> text)
    {
        if (text.Span.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        if (text.Length > Largest) throw new ConfigSyntaxException(1, 1, $"the file has {text.Length} bytes; at most {Largest} are read");
        if (!Utf8.IsValid(text.Span)) throw new ConfigSyntaxException(1, 1, "the file is not UTF-8");
        return new ConfigDocument(text);
    }

    /// <summary>The value at a path, or null.</summary>
    public ConfigNode? Find(ConfigPath path)
    {
        var node = Root;
        foreach (var step in path.Steps)
        {
            node = node[step];
            if (node is null) return null;
        }
        return node;
    }

    /// <summary>The line of a path, or of the nearest value around it, from one.</summary>
    public int LineOf(ConfigPath path)
    {
        var (node, start) = (Root, Root.Start);
        foreach (var step in path.Steps)
        {
            if (node[step] is not { } next) break;
            start = node.Kind == JsonValueKind.Object ? node.Members.First(member => member.Name == step).Start : next.Start;
            node = next;
        }
        return Position(Text.Span, start).Line;
    }

    /// <summary>The text of a value.</summary>
    public string TextOf(ConfigNode node) => Encoding.UTF8.GetString(Text.Span[node.Start..node.End]);

    /// <summary>All of it as a tree, without comments.</summary>
    public JsonObject ToJson() => ToJson(Root)!.AsObject();

    /// <summary>A value as a tree, without comments.</summary>
    public JsonNode? ToJson(ConfigNode node) => JsonNode.Parse(
        Text.Span[node.Start..node.End], null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = Deepest });

    private ConfigNode Read(Utf8JsonReader reader)
    {
        try
        {
            ConfigNode? root = null;
            while (Next(ref reader))
            {
                if (root is not null) throw Fault(reader.TokenStartIndex, "something stands after the end of the object");
                if (reader.TokenType != JsonTokenType.StartObject) throw Fault(reader.TokenStartIndex, "a configuration file is an object: { … }");
                root = ReadValue(ref reader);
            }
            return root ?? throw Fault(Text.Length, "the file is empty; the least is { }");
        }
        catch (JsonException e)
        {
            // The message ends with what this exception says itself.
            var fault = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            throw new ConfigSyntaxException((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, fault);
        }
        catch (InvalidOperationException)
        {
            throw Fault(reader.TokenStartIndex, "the text has half of a surrogate pair");
        }
    }

    private ConfigNode ReadValue(ref Utf8JsonReader reader)
    {
        var node = new ConfigNode(KindOf(reader.TokenType), (int)reader.TokenStartIndex);
        if (node.Kind == JsonValueKind.Object)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (Next(ref reader) && reader.TokenType != JsonTokenType.EndObject)
            {
                var (name, start) = (reader.GetString()!, (int)reader.TokenStartIndex);
                if (!names.Add(name)) throw Fault(start, $"\"{name}\" stands here a second time");
                Next(ref reader);
                node.Members.Add(new(name, start, ReadValue(ref reader)));
            }
        }
        else if (node.Kind == JsonValueKind.Array)
        {
            while (Next(ref reader) && reader.TokenType != JsonTokenType.EndArray) node.Items.Add(ReadValue(ref reader));
        }
        else if (node.Kind == JsonValueKind.String) reader.GetString();
        node.End = (int)reader.BytesConsumed;
        return node;
    }

    private bool Next(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Comment) return true;
            var end = (int)reader.BytesConsumed;
            while (Text.Span[end - 1] is (byte)'\n' or (byte)'\r') end--;
            _comments.Add((int)reader.TokenStartIndex..end);
        }
        return false;
    }

    private ConfigSyntaxException Fault(long at, string fault)
    {
        var (line, column) = Position(Text.Span, (int)at);
        return new(line, column, fault);
    }

    private static (int Line, int Column) Position(ReadOnlySpan<byte> text, int at)
    {
        var before = text[..Math.Min(at, text.Length)];
        return (before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }

    private static JsonValueKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.StartArray => JsonValueKind.Array,
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        _ => JsonValueKind.Null,
    };
}
