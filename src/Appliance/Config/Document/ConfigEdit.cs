using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Models;

namespace Appliance.Config.Document;

/// <summary>Changes of a document that leave everything else in it as it was written, comments and blanks included. Pure.</summary>
internal static class ConfigEdit
{
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A document with nothing in it.</summary>
    public static ConfigDocument Empty { get; } = ConfigDocument.Parse("{\n}\n"u8.ToArray());

    /// <summary>Puts a value at a path, and the objects around it where they are missing. A list grows by the index after its last.</summary>
    /// <exception cref="ModelException">Something on the way is no object and no list, or the list is shorter.</exception>
    public static ConfigDocument Set(ConfigDocument document, ConfigPath path, JsonNode? value)
    {
        var (node, depth) = (document.Root, 0);
        foreach (var step in path.Steps)
        {
            if (node[step] is not { } next)
            {
                for (var missing = path.Steps.Count - 1; missing > depth; missing--) value = new JsonObject { [path.Steps[missing]] = value?.DeepClone() };
                return Insert(document, node, depth, step, path, value);
            }
            (node, depth) = (next, depth + 1);
        }
        return Replace(document, node.Start..node.End, Format(value, depth));
    }

    /// <summary>Takes a value away with its name; what is not there needs no taking.</summary>
    public static ConfigDocument Remove(ConfigDocument document, ConfigPath path)
    {
        if (path.Steps.Count == 0 || document.Find(path) is not { } node || document.Find(path.Parent) is not { } parent) return document;
        var (start, end) = parent.Kind == JsonValueKind.Object ? (parent.Members.First(m => m.Value == node).Start, node.End) : (node.Start, node.End);
        var text = document.Text.Span;
        var comma = CommaAfter(document, end);
        if (comma is { } after) end = after + 1;
        // Its line goes with it where nothing else stands there.
        var (lineStart, lineEnd) = (start, end);
        while (lineStart > 0 && text[lineStart - 1] is (byte)' ' or (byte)'\t') lineStart--;
        while (lineEnd < text.Length && text[lineEnd] is (byte)' ' or (byte)'\t' or (byte)'\r') lineEnd++;
        if (lineStart > 0 && text[lineStart - 1] == '\n' && lineEnd < text.Length && text[lineEnd] == '\n') (start, end) = (lineStart, lineEnd + 1);
        var rest = Splice(text, start..end, "");
        // The last one takes the comma before it along, or a strict reader would stumble over it.
        return ConfigDocument.Parse(comma is null && CommaBefore(document, parent, node) is { } before ? Splice(rest, before..(before + 1), "") : rest);
    }

    /// <summary>Applies a JSON merge patch (RFC 7396): null takes away, objects are merged, all else replaces.</summary>
    public static ConfigDocument Merge(ConfigDocument document, JsonObject patch) => Merge(document, ConfigPath.Root, patch);

    private static ConfigDocument Merge(ConfigDocument document, ConfigPath at, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            var path = at.With(name);
            if (value is null) document = Remove(document, path);
            else if (value is JsonObject inner && document.Find(path)?.Kind == JsonValueKind.Object) document = Merge(document, path, inner);
            else document = Set(document, path, WithoutNulls(value));
        }
        return document;
    }

    // In a patch null means "away", inside new objects too.
    private static JsonNode WithoutNulls(JsonNode value)
    {
        if (value is not JsonObject from) return value;
        var to = new JsonObject();
        foreach (var (name, inner) in from)
        {
            if (inner is not null) to[name] = WithoutNulls(inner).DeepClone();
        }
        return to;
    }

    private static ConfigDocument Insert(ConfigDocument document, ConfigNode parent, int depth, string step, ConfigPath path, JsonNode? value)
    {
        var isObject = parent.Kind == JsonValueKind.Object;
        if (!isObject && !(parent.Kind == JsonValueKind.Array && step == $"{parent.Items.Count}"))
            throw new ModelException($"{path} cannot be set: what is there already is {(parent.Kind == JsonValueKind.Array ? $"a list of {parent.Items.Count}" : "no object")}.");
        var last = isObject ? parent.Members.LastOrDefault()?.Value : parent.Items.LastOrDefault();
        var text = (isObject ? $"\"{JsonEncodedText.Encode(step, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\": " : "") + Format(value, depth + 1);
        var indent = Indent(depth + 1);
        if (last is null)
        {
            // Comments of an empty object stay before its first value.
            var inside = document.Comments.LastOrDefault(c => c.Start.Value > parent.Start && c.End.Value < parent.End);
            var from = inside.End.Value > parent.Start ? inside.End.Value : parent.Start + 1;
            return Replace(document, from..(parent.End - 1), $"\n{indent}{text}\n{Indent(depth)}");
        }
        var comma = CommaAfter(document, last.End);
        var at = (comma ?? last.End - 1) + 1;
        // A comment behind the last value on its line stays with it.
        var trailing = document.Comments.FirstOrDefault(c => c.Start.Value >= at && c.End.Value < parent.End && document.Text.Span[at..c.Start.Value].IndexOf((byte)'\n') < 0);
        var behind = trailing.End.Value > at ? trailing.End.Value : at;
        var inserted = $"\n{indent}{text}";
        var result = Splice(document.Text.Span, behind..behind, document.Text.Span[behind..].IndexOf((byte)'\n') is var newline && newline >= 0
            && document.Text.Span[behind..(behind + newline)].Trim(" \t\r"u8).IsEmpty ? inserted : $"{inserted}\n{Indent(depth)}");
        return ConfigDocument.Parse(comma is null ? Splice(result, last.End..last.End, ",") : result);
    }

    private static int? CommaAfter(ConfigDocument document, int at)
    {
        var text = document.Text.Span;
        for (; at < text.Length; at++)
        {
            var comment = document.Comments.FirstOrDefault(c => c.Start.Value == at);
            if (comment.End.Value > at) at = comment.End.Value - 1;
            else if (text[at] == ',') return at;
            else if (text[at] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return null;
        }
        return null;
    }

    private static int? CommaBefore(ConfigDocument document, ConfigNode parent, ConfigNode node)
    {
        var values = parent.Kind == JsonValueKind.Object ? [.. parent.Members.Select(m => m.Value)] : parent.Items;
        var index = values.IndexOf(node);
        return index > 0 ? CommaAfter(document, values[index - 1].End) : null;
    }

    /// <summary>A value as it is written into a file, its lines after the first indented by so many levels.</summary>
    public static string Format(JsonNode? value, int depth = 0)
    {
        if (value is null) return "null";
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Pretty)) value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("\n", "\n" + Indent(depth));
    }

    private static string Indent(int depth) => new(' ', 2 * depth);

    private static ConfigDocument Replace(ConfigDocument document, Range range, string text) => ConfigDocument.Parse(Splice(document.Text.Span, range, text));

    private static byte[] Splice(ReadOnlySpan<byte> text, Range range, string with) => [.. text[..range.Start], .. Encoding.UTF8.GetBytes(with), .. text[range.End..]];
}
