using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.Grammar;
using TestKit;

namespace Models.Tests.Generation.Grammar;

/// <summary>Schemas made at random of everything that is supported: what is generated is valid, by a validator that knows no grammars.</summary>
public sealed class RandomSchemaTests
{
    private static readonly Gen<string> Leaves = Gen.OneOf(
        Gen.Elements("true", "{\"type\": \"null\"}", "{\"type\": \"boolean\"}", "{\"type\": [\"integer\", \"string\"], \"maximum\": 5}"),
        from low in Gen.Choose(-300, 300)
        from size in Gen.Choose(0, 400)
        from type in Gen.Elements("integer", "number")
        select $$"""{"type": "{{type}}", "minimum": {{low}}.5, "maximum": {{low + size + 1}}}""",
        from divisor in Gen.Elements("3", "0.5", "7", "10", "0.01") select $$"""{"type": "number", "multipleOf": {{divisor}}, "exclusiveMinimum": -50}""",
        from low in Gen.Choose(0, 5) from size in Gen.Choose(0, 6) select $$"""{"type": "string", "minLength": {{low}}, "maxLength": {{low + size}}}""",
        from pattern in Gen.Elements("^[a-z]+$", "^\\\\d{3}-\\\\d{4}$", "x|yy", "^(é|\\\"|\\\\\\\\)*$", "^[^aeiou]{2,5}$", "\\\\n$")
        from low in Gen.Choose(0, 3)
        select $$"""{"type": "string", "pattern": "{{pattern}}", "minLength": {{low}}, "maxLength": {{low + 9}}}""",
        from values in Gen.SubListOf("1", "\"a\"", "null", "[1, 2]", "{\"x\": \"y\"}", "\"\\u00e9\\n\"", "-0.5")
        where values.Count > 0
        select $$"""{"enum": [{{string.Join(", ", values)}}]}""",
        from value in Gen.Elements("1", "\"b\\\"\"", "{\"k\": []}") select $$"""{"const": {{value}}}""");

    private static Gen<string> Schemas(int depth) => depth == 0 ? Leaves : Gen.OneOf(
        Leaves,
        from items in Schemas(depth - 1)
        from low in Gen.Choose(0, 2)
        from size in Gen.Choose(0, 3)
        select $$"""{"type": "array", "items": {{items}}, "minItems": {{low}}, "maxItems": {{low + size}}}""",
        from first in Schemas(depth - 1)
        from second in Schemas(depth - 1)
        from rest in Schemas(depth - 1)
        select $$"""{"type": "array", "prefixItems": [{{first}}, {{second}}], "items": {{rest}}, "minItems": 1}""",
        Objects(depth, "\"additionalProperties\": false"),
        from extra in Schemas(depth - 1) from closed in Objects(depth, $"\"additionalProperties\": {extra}, \"maxProperties\": 4") select closed,
        Objects(depth, "\"minProperties\": 1"),
        from first in Schemas(depth - 1) from second in Schemas(depth - 1) select $$"""{"anyOf": [{{first}}, {{second}}]}""",
        from first in Schemas(depth - 1) from second in Schemas(depth - 1) select $$"""{"oneOf": [{{first}}, {{second}}]}""",
        from first in Schemas(depth - 1) from second in Schemas(depth - 1) select $$"""{"allOf": [{{first}}, {{second}}]}""",
        from first in Objects(depth, "\"title\": \"\"") from second in Objects(depth, "\"title\": \"\"") select $$"""{"allOf": [{{first}}, {{second}}]}""",
        from first in Schemas(depth - 1) select $$"""{"type": "object", "properties": {"kind": {"type": "string"} }, "required": ["kind"], "oneOf": [{"properties": {"kind": {"const": "a"}, "v": {{first}} }, "required": ["v"]}, {"properties": {"kind": {"const": "b"} } }]}""",
        Gen.Constant("""{"$ref": "#/$defs/node"}"""));

    private static Gen<string> Objects(int depth, string more) =>
        from names in Gen.SubListOf("a", "b", "ab", "é\\\"")
        from schemas in Schemas(depth - 1).ListOf(4)
        from required in Gen.SubListOf(names)
        select $$"""{"type": "object", "properties": { {{string.Join(", ", names.Zip(schemas, (name, schema) => $"\"{name}\": {schema}"))}} }, "required": [{{string.Join(", ", required.Select(name => $"\"{name}\""))}}], {{more}}}""";

    // The definition refers to itself, and to the schema as a whole.
    private static readonly Gen<string> Documents =
        from schema in Schemas(3)
        select $$"""{"allOf": [{{schema}}], "$defs": {"node": {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, "all": {"type": "array", "items": {"$ref": "#"} } }, "required": ["v"]} } }""";

    [Fact]
    public void Generate_AnySchema_WritesValidValues()
    {
        var (compiled, refused) = (0, 0);
        Prop.ForAll(Documents.ToArbitrary(), schema =>
        {
            var parsed = JsonDocument.Parse(schema).RootElement;
            CompiledGrammar grammar;
            try
            {
                grammar = GrammarCompiler.FromJsonSchema(parsed);
            }
            catch (GrammarException e)
            {
                // At random, schemas contradict themselves, and branches of oneOf overlap.
                Assert.True(e.Keyword is "oneOf" or "minProperties" || e.Message.Contains("no reachable end"), e.Message);
                refused++;
                return;
            }
            compiled++;
            AssertValid(parsed, grammar, Vocabularies.Bytes, 8, 80);
            if (compiled % 5 == 0 && Shared.Find("tokenizers", "qwen2") is not null)
                AssertValid(parsed, grammar, Vocabularies.Qwen2, 2, 30);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.True(compiled > refused, $"{compiled} compile, {refused} are refused.");
    }

    private static void AssertValid(JsonElement schema, CompiledGrammar grammar, TokenVocabulary vocabulary, int walks, int limit)
    {
        var constraint = new TokenConstraint(grammar, vocabulary);
        for (var seed = 0; seed < walks; seed++)
        {
            var text = Encoding.UTF8.GetString(Walks.Generate(constraint.CreateMatcher(), vocabulary, new System.Random(seed), limit));
            using var document = JsonDocument.Parse(text, new() { MaxDepth = 512 });
            Assert.True(ReferenceValidator.IsValid(schema, document.RootElement), $"{schema.GetRawText()}\n{text}");
        }
    }
}
