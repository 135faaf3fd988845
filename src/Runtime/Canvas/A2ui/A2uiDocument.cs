using System.Text.Json;
using System.Text.Json.Nodes;
using Models;

namespace Runtime.Canvas.A2ui;

/// <summary>
/// A document of A2UI 0.8 (JSON Lines of surfaceUpdate, dataModelUpdate, beginRendering, deleteSurface), which is what OpenClaw's canvases
/// take: read strictly, bounded, and only what is known of it kept, so that what is passed on to a client is ours and not a model's. Not safe
/// for several threads while it is read.
/// </summary>
public sealed class A2uiDocument
{
    /// <summary>Longest document, characters.</summary>
    public const int Longest = 64 * 1024;

    private const int MostLines = 64, MostSurfaces = 4, MostComponents = 400, MostEntries = 1000, DeepestData = 8;

    private readonly List<A2uiSurface> _surfaces = [];
    private int _components, _entries;

    private A2uiDocument()
    {
    }

    /// <summary>The surfaces that are shown, in order.</summary>
    internal IReadOnlyList<A2uiSurface> Surfaces => _surfaces;

    /// <summary>Reads a document.</summary>
    /// <exception cref="ModelException">It is none: the line and what is wrong with it.</exception>
    public static A2uiDocument Parse(string jsonl)
    {
        if (jsonl.Length > Longest) throw new ModelException($"An A2UI document has up to {Longest} characters; this one has {jsonl.Length}.");
        var document = new A2uiDocument();
        var lines = jsonl.Split('\n').Select((text, i) => (Text: text.Trim(), Number: i + 1)).Where(line => line.Text.Length > 0).ToList();
        if (lines.Count > MostLines) throw new ModelException($"An A2UI document has up to {MostLines} lines.");
        foreach (var (text, number) in lines)
        {
            try { document.Read(JsonElement.Parse(text)); }
            catch (Exception e) when (e is JsonException or ModelException or InvalidOperationException)
            {
                throw new ModelException($"A2UI, line {number}: {e.Message}", e);
            }
        }
        document._surfaces.RemoveAll(surface => surface.Root is null);
        if (document._surfaces.Count == 0) throw new ModelException("A2UI: there is no beginRendering, so that nothing would be shown.");
        foreach (var surface in document._surfaces) A2uiPage.Check(surface);
        return document;
    }

    /// <summary>The document anew, line by line, for a client that draws it: only what was understood.</summary>
    public IReadOnlyList<string> ToLines() => [.. _surfaces.SelectMany(surface => surface.ToLines()).Select(line => line.ToJsonString())];

    /// <summary>The document as a page of HTML that does nothing: buttons are shown and cannot be pressed.</summary>
    public string ToHtml() => A2uiPage.Write(_surfaces);

    private void Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object || line.EnumerateObject().ToList() is not [var message]) throw new ModelException("a line is an object with one message.");
        var body = message.Value;
        switch (message.Name)
        {
            case "surfaceUpdate":
                var surface = Surface(body);
                foreach (var item in Member(body, "components", JsonValueKind.Array).EnumerateArray())
                {
                    if (++_components > MostComponents) throw new ModelException($"there are more than {MostComponents} components.");
                    surface.Components[A2uiComponent.Word(item, "id")] = A2uiComponent.Read(Member(item, "component", JsonValueKind.Object));
                }
                break;
            case "dataModelUpdate":
                ReadData(Surface(body), body);
                break;
            case "beginRendering":
                Surface(body).Root = A2uiComponent.Word(body, "root");
                break;
            case "deleteSurface":
                _surfaces.Remove(Surface(body));
                break;
            default:
                throw new ModelException($"{Tools.Bounded.Begin(message.Name, 40)} is no message of A2UI 0.8: there are surfaceUpdate, dataModelUpdate, beginRendering and deleteSurface.");
        }
    }

    private A2uiSurface Surface(JsonElement body)
    {
        var id = A2uiComponent.Word(body, "surfaceId");
        if (_surfaces.FirstOrDefault(surface => surface.Id == id) is { } known) return known;
        if (_surfaces.Count == MostSurfaces) throw new ModelException($"there are more than {MostSurfaces} surfaces.");
        var made = new A2uiSurface(id);
        _surfaces.Add(made);
        return made;
    }

    private void ReadData(A2uiSurface surface, JsonElement body)
    {
        var at = surface.Data;
        foreach (var part in (body.TryGetProperty("path", out var path) ? path.GetString() ?? "" : "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at[part] is not JsonObject next) at[part] = next = [];
            at = next;
        }
        Merge(at, Member(body, "contents", JsonValueKind.Array), 0);
    }

    private void Merge(JsonObject into, JsonElement contents, int depth)
    {
        if (depth > DeepestData) throw new ModelException($"data is nested more than {DeepestData} deep.");
        foreach (var entry in contents.EnumerateArray())
        {
            if (++_entries > MostEntries) throw new ModelException($"there are more than {MostEntries} entries of data.");
            var key = Member(entry, "key", JsonValueKind.String).GetString()!;
            if (entry.TryGetProperty("valueMap", out var map))
            {
                var inner = new JsonObject();
                Merge(inner, map, depth + 1);
                into[key] = inner;
            }
            else if (entry.TryGetProperty("valueString", out var text)) into[key] = text.GetString();
            else if (entry.TryGetProperty("valueNumber", out var number)) into[key] = number.GetDouble();
            else if (entry.TryGetProperty("valueBoolean", out var flag)) into[key] = flag.GetBoolean();
            else throw new ModelException($"the entry {Tools.Bounded.Begin(key, 40)} has no value.");
        }
    }

    internal static JsonElement Member(JsonElement of, string name, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : throw new ModelException($"{name} is missing, or is not {(kind == JsonValueKind.Array ? "a list" : kind == JsonValueKind.Object ? "an object" : "a text")}.");
}
