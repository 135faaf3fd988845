using System.Text;
using System.Text.Json;
using Models.Generation.Grammar;
using Models.Generation.Grammar.Automata;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Generation.Grammar;

/// <summary>The required part of the JSON-Schema-Test-Suite, draft 2020-12: what is accepted never admits an invalid instance.</summary>
public sealed class JsonSchemaSuiteTests(ITestOutputHelper output)
{
    [SharedFact("evals/json-schema/draft2020-12")]
    public void FromJsonSchema_EverySchemaOfTheSuite_NeverAdmitsAnInvalidInstance()
    {
        Dictionary<string, int> refused = [];
        List<string> admitted = [], notGenerated = [];
        var (schemas, compiled, valid, accepted, invalid) = (0, 0, 0, 0, 0);
        foreach (var (file, group) in Groups())
        {
            schemas++;
            var schema = group.GetProperty("schema");
            if (TryCompile(schema, refused) is not { } grammar)
                continue;
            compiled++;
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var name = $"{file}: {group.GetProperty("description")}: {test.GetProperty("description")}";
                var isAccepted = Spellings(schema, test.GetProperty("data")).Any(grammar.Accepts);
                if (test.GetProperty("valid").GetBoolean())
                {
                    valid++;
                    accepted += isAccepted ? 1 : 0;
                    if (!isAccepted)
                        notGenerated.Add($"{name}: {test.GetProperty("data").GetRawText()}");
                }
                else
                {
                    invalid++;
                    if (isAccepted)
                        admitted.Add(name);
                }
            }
        }
        output.WriteLine($"figure: {compiled} of {schemas} schemas compile; {accepted} of {valid} valid and 0 of {invalid} invalid instances are accepted");
        output.WriteLine($"figure: refused: {string.Join(", ", refused.OrderByDescending(one => one.Value).Select(one => $"{one.Key} {one.Value}"))}");
        foreach (var name in notGenerated)
            output.WriteLine($"valid, but never generated: {name}");
        Assert.Empty(admitted);
        Assert.True(compiled > schemas / 3, $"Only {compiled} of {schemas} schemas compile.");
    }

    [SharedFact("evals/json-schema/draft2020-12")]
    public void FromJsonSchema_EverySchemaOfTheSuite_GeneratesOnlyValidValues()
    {
        var generated = 0;
        foreach (var (file, group) in Groups())
        {
            var schema = group.GetProperty("schema");
            if (TryCompile(schema, []) is not { } grammar)
                continue;
            var constraint = new TokenConstraint(grammar, Vocabularies.Bytes);
            for (var seed = 0; seed < 40; seed++)
            {
                var text = Encoding.UTF8.GetString(Walks.Generate(constraint.CreateMatcher(), Vocabularies.Bytes, new Random(seed), 60));
                using var document = JsonDocument.Parse(text, new() { MaxDepth = 256 });
                Assert.True(ReferenceValidator.IsValid(schema, document.RootElement), $"{file}: {group.GetProperty("description")}: {text}");
                generated++;
            }
        }
        output.WriteLine($"figure: {generated} values generated at random are valid");
    }

    private static IEnumerable<(string File, JsonElement Group)> Groups()
    {
        foreach (var path in Directory.EnumerateFiles(Shared.Find("evals", "json-schema", "draft2020-12")!, "*.json").Order())
        {
            foreach (var group in JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.EnumerateArray())
                yield return (Path.GetFileName(path), group);
        }
    }

    // A refusal names a keyword, or says that nothing can be valid.
    private static CompiledGrammar? TryCompile(JsonElement schema, Dictionary<string, int> refused)
    {
        try
        {
            return GrammarCompiler.FromJsonSchema(schema, JsonSpacing.None);
        }
        catch (GrammarException e)
        {
            Assert.True(e.Keyword is not null || e.Message.Contains("no reachable end"), e.Message);
            var keyword = e.Keyword ?? "(nothing is valid)";
            refused[keyword] = refused.GetValueOrDefault(keyword) + 1;
            return null;
        }
    }

    // As it is, and with properties in the order in which the schema first names them; numbers as they are, and without an empty fraction.
    private static IEnumerable<string> Spellings(JsonElement schema, JsonElement value)
    {
        List<string> order = [];
        CollectNames(schema, order);
        foreach (var isSorted in (bool[])[false, true])
        {
            foreach (var isPlain in (bool[])[false, true])
            {
                var text = new StringBuilder();
                Write(value, text, isSorted ? order : null, isPlain);
                yield return text.ToString();
            }
        }
    }

    private static void CollectNames(JsonElement schema, List<string> order)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in schema.EnumerateArray())
                CollectNames(item, order);
        }
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in schema.EnumerateObject())
        {
            if (!order.Contains(property.Name))
                order.Add(property.Name);
            CollectNames(property.Value, order);
        }
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
            order.AddRange(required.EnumerateArray().Select(name => name.ToString()).Except(order));
    }

    private static void Write(JsonElement value, StringBuilder text, List<string>? order, bool isPlain)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (i, item) in value.EnumerateArray().Index())
                {
                    text.Append(i > 0 ? "," : "");
                    Write(item, text, order, isPlain);
                }
                text.Append(']');
                break;
            case JsonValueKind.Object:
                text.Append('{');
                var properties = value.EnumerateObject().AsEnumerable();
                if (order is not null)
                    properties = properties.OrderBy(property => (uint)order.IndexOf(property.Name));
                foreach (var (i, property) in properties.Index())
                {
                    text.Append(i > 0 ? "," : "").Append(JsonEscape.Quote(property.Name)).Append(':');
                    Write(property.Value, text, order, isPlain);
                }
                text.Append('}');
                break;
            case JsonValueKind.String:
                text.Append(JsonEscape.Quote(value.GetString()!));
                break;
            case JsonValueKind.Number when isPlain && value.GetRawText() is var raw && raw.EndsWith(".0", StringComparison.Ordinal):
                text.Append(raw[..^2]);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }
}
