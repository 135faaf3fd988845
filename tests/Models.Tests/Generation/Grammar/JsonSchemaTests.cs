using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.Grammar;

namespace Models.Tests.Generation.Grammar;

/// <summary>What each keyword admits, what is refused, and how JSON is written.</summary>
public sealed class JsonSchemaTests
{
    private static CompiledGrammar Compile(string schema, JsonSpacing spacing = JsonSpacing.Single) =>
        GrammarCompiler.FromJsonSchema(JsonDocument.Parse(schema).RootElement, spacing);

    [Theory]
    // types
    [InlineData("""{"type": "null"}""", "null", "true")]
    [InlineData("""{"type": "boolean"}""", "false", "null")]
    [InlineData("""{"type": ["string", "null"]}""", "null", "0")]
    [InlineData("true", """{"a": [1, "x", {"b": null}], "c": -1.5e3}""", "{a: 1}")]
    [InlineData("""{"type": "object"}""", """{"a": {"b": []}}""", "[]")]
    [InlineData("""{"type": "array"}""", "[[], {}]", "{}")]
    // enum and const, beside other keywords
    [InlineData("""{"enum": ["a", 1, null, {"x": [1, 2]}]}""", """{"x": [1, 2]}""", "2")]
    [InlineData("""{"enum": ["a", 1], "type": "string"}""", "\"a\"", "1")]
    [InlineData("""{"enum": ["abc", "d"], "maxLength": 2}""", "\"d\"", "\"abc\"")]
    [InlineData("""{"enum": [1, 2, 3], "anyOf": [{"const": 2}, {"minimum": 3}]}""", "3", "1")]
    [InlineData("""{"const": "\u00e4\"\\\n"}""", "\"ä\\\"\\\\\\n\"", "\"ä\"")]
    // strings: any escape, code points counted, nothing that is not UTF-8
    [InlineData("""{"type": "string"}""", "\"\\u00e9\\ud83d\\ude00\\/\"", "\"\\ud83d\"")]
    [InlineData("""{"type": "string"}""", "\"\"", "\"a\nb\"")]
    [InlineData("""{"type": "string", "minLength": 2, "maxLength": 3}""", "\"\U0001F680\U0001F680\"", "\"\U0001F680\"")]
    [InlineData("""{"type": "string", "minLength": 2, "maxLength": 3}""", "\"\\u00e9ab\"", "\"abcd\"")]
    [InlineData("""{"type": "string", "maxLength": 0}""", "\"\"", "\"a\"")]
    [InlineData("""{"type": "string", "minLength": 2}""", "\"\\n\\n\"", "\"\\n\"")]
    [InlineData("""{"type": "string", "pattern": "^\\d{4}-\\d\\d$"}""", "\"2024-05\"", "\"2024-5\"")]
    [InlineData("""{"type": "string", "pattern": "b"}""", "\"abc\"", "\"ac\"")]
    [InlineData("""{"type": "string", "pattern": "^.*$", "maxLength": 2}""", "\"é\\\"\"", "\"abc\"")]
    [InlineData("""{"type": "string", "pattern": "^[^a]+$", "minLength": 2}""", "\"b\U0001F680\"", "\"b\"")]
    [InlineData("""{"allOf": [{"pattern": "^a"}, {"pattern": "z$"}], "type": "string"}""", "\"az\"", "\"a\"")]
    // numbers
    [InlineData("""{"type": "integer"}""", "-120", "1.5")]
    [InlineData("""{"type": "integer"}""", "0", "007")]
    [InlineData("""{"type": "number"}""", "-0.25", "-0")]
    [InlineData("""{"type": "number"}""", "6.02e23", ".5")]
    [InlineData("""{"type": "integer", "minimum": 5, "exclusiveMaximum": 1000}""", "999", "1000")]
    [InlineData("""{"type": "integer", "minimum": -7, "maximum": -3}""", "-7", "-8")]
    [InlineData("""{"type": "number", "minimum": 0.25, "maximum": 1e1}""", "0.250", "0.2499")]
    [InlineData("""{"type": "number", "exclusiveMinimum": 0}""", "0.001", "0.000")]
    [InlineData("""{"type": "integer", "minimum": 1000000000000000000}""", "1000000000000000000", "999999999999999999")]
    [InlineData("""{"type": "integer", "multipleOf": 7, "minimum": 1}""", "49", "50")]
    [InlineData("""{"type": "number", "multipleOf": 0.05}""", "1.15", "1.12")]
    // arrays
    [InlineData("""{"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}""", "[1, 2]", "[1, 2, 3]")]
    [InlineData("""{"type": "array", "items": {"type": "integer"}, "minItems": 1}""", "[1]", "[]")]
    [InlineData("""{"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}""", "[\"a\"]", "[\"a\", 1, 2]")]
    [InlineData("""{"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "null"}, "minItems": 3}""", "[\"a\", null, null]", "[\"a\", null]")]
    [InlineData("""{"type": "array", "items": false}""", "[]", "[1]")]
    // objects
    [InlineData("""{"properties": {"a": {"type": "integer"}}, "required": ["a"], "type": "object"}""", """{"a": 1}""", "{}")]
    [InlineData("""{"properties": {"a": {}, "b": {"type": "null"}, "c": {}}, "required": ["b"], "type": "object"}""", """{"b": null, "c": 1}""", """{"a": 1, "c": 1}""")]
    [InlineData("""{"type": "object", "properties": {}}""", "{}", """{"a": 1}""")]
    [InlineData("""{"type": "object", "required": ["x"]}""", """{"x": [], "y": 1}""", """{"y": 1}""")]
    [InlineData("""{"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": {"type": "integer"}}""", """{"a": 1, "b": 2}""", """{"a": 2}""")]
    [InlineData("""{"type": "object", "properties": {"ab": {"const": 1}}, "additionalProperties": true}""", """{"abc": 1, "a": 2, "": 3}""", "{\"\\u0061b\": 2}")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "minProperties": 2}""", """{"a": 1, "c": 1}""", """{"b": 1}""")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "maxProperties": 1}""", """{"c": 1}""", """{"b": 1, "c": 1}""")]
    [InlineData("""{"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1, "maxProperties": 2}""", """{"x": 1, "y": 2}""", """{"x": 1, "y": 2, "z": 3}""")]
    [InlineData("""{"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1}""", """{"x": 1}""", "{}")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": false}}""", """{"a": 1}""", """{"a": 1, "b": 1}""")]
    [InlineData("""{"type": "object", "properties": {"a\"b\u00e4": {}}}""", "{\"a\\\"bä\": 1}", "{\"ab\": 1}")]
    // references and combinations
    [InlineData("""{"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}}""", "1", "\"1\"")]
    [InlineData("""{"properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}, "type": "object", "required": ["v"]}""", """{"next": {"next": {"v": 1}, "v": 2}, "v": 3}""", """{"next": {"v": 1}}""")]
    [InlineData("""{"$ref": "#/$defs/s", "maxLength": 1, "$defs": {"s": {"type": "string"}}}""", "\"a\"", "\"ab\"")]
    [InlineData("""{"allOf": [{"type": "object", "properties": {"a": {"minimum": 1}}}, {"properties": {"a": {"type": "integer"}}, "required": ["a"]}]}""", """{"a": 1}""", """{"a": 0}""")]
    [InlineData("""{"allOf": [{"additionalProperties": {"type": "integer"}}, {"properties": {"a": {}}}], "type": "object"}""", """{"a": 1, "b": 2}""", """{"a": "x"}""")]
    [InlineData("""{"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}], "not_": 0}""", "", "")]
    [InlineData("""{"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]}""", "\"a\"", "\"ab\"")]
    [InlineData("""{"type": "object", "properties": {"k": {"type": "string"}}, "anyOf": [{"required": ["k"]}, {"properties": {"z": {"type": "null"}}, "required": ["z"]}]}""", """{"k": "", "z": null}""", "{}")]
    [InlineData("""{"oneOf": [{"properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}, "required": ["kind", "x"], "type": "object"}, {"properties": {"kind": {"const": "b"}}, "required": ["kind"], "type": "object"}]}""", """{"kind": "a", "x": 1}""", """{"kind": "b", "x": 1}""")]
    [InlineData("""{"oneOf": [{"type": "integer", "maximum": 3}, {"type": "number", "exclusiveMinimum": 3}]}""", "3.5", "2.5")]
    public void FromJsonSchema_Keyword_AdmitsTheValidAndNotTheInvalid(string schema, string valid, string invalid)
    {
        if (valid.Length == 0)
        {
            Assert.Equal("not_", Assert.Throws<GrammarException>(() => Compile(schema)).Keyword);
            return;
        }
        var grammar = Compile(schema);
        Assert.True(grammar.Accepts(valid), valid);
        Assert.False(grammar.Accepts(invalid), invalid);
    }

    [Theory]
    [InlineData("""{"properties": {"x": {"patternProperties": {"a": {}}}}}""", "patternProperties", "#/properties/x/patternProperties")]
    [InlineData("""{"not": {}}""", "not", "#/not")]
    [InlineData("""{"if": {}, "then": {}}""", "if", "#/if")]
    [InlineData("""{"items": {"uniqueItems": true}}""", "uniqueItems", "#/items/uniqueItems")]
    [InlineData("""{"propertyNames": {}}""", "propertyNames", "#/propertyNames")]
    [InlineData("""{"dependentRequired": {}}""", "dependentRequired", "#/dependentRequired")]
    [InlineData("""{"unevaluatedProperties": false}""", "unevaluatedProperties", "#/unevaluatedProperties")]
    [InlineData("""{"contains": {}}""", "contains", "#/contains")]
    [InlineData("""{"$dynamicRef": "#x"}""", "$dynamicRef", "#/$dynamicRef")]
    [InlineData("""{"items": [{}]}""", "items", "#/items")]
    [InlineData("""{"properties": {"a/b": {"frobnicate": 1}}}""", "frobnicate", "#/properties/a~1b/frobnicate")]
    [InlineData("""{"$ref": "other.json"}""", "$ref", "#/$ref")]
    [InlineData("""{"$ref": "#/$defs/nothing"}""", "$ref", "#/$ref")]
    [InlineData("""{"$schema": "http://example.com/dialect"}""", "$schema", "#/$schema")]
    [InlineData("""{"properties": {"a": {"$id": "x"}}}""", "$id", "#/properties/a/$id")]
    [InlineData("""{"type": "strin"}""", "type", "#/type")]
    [InlineData("""{"enum": []}""", "enum", "#/enum")]
    [InlineData("""{"enum": ["a", "\ud800"]}""", null, "#/enum")]
    [InlineData("""{"minLength": -1}""", "minLength", "#/minLength")]
    [InlineData("""{"minimum": "1"}""", "minimum", "#/minimum")]
    [InlineData("""{"multipleOf": 0}""", "multipleOf", "#/multipleOf")]
    [InlineData("""{"type": "string", "pattern": "(?=a)b"}""", "(?=", "#/pattern")]
    [InlineData("""{"type": "string", "pattern": "\\bword"}""", "\\b", "#/pattern")]
    [InlineData("""{"oneOf": [{"type": "integer"}, {"minimum": 2}]}""", "oneOf", "#/oneOf")]
    [InlineData("""{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}""", "$ref", "#/$defs/a/$ref")]
    [InlineData("""{"anyOf": [{"type": "string"}, {"$ref": "#"}]}""", "$ref", "#/$ref")]
    [InlineData("""{"type": "object", "minProperties": 2}""", "minProperties", "#")]
    public void FromJsonSchema_UnsupportedOrMalformed_NamesTheKeywordAndItsPlace(string schema, string? keyword, string pointer)
    {
        var error = Assert.Throws<GrammarException>(() => Compile(schema));
        Assert.Equal((keyword, pointer), (error.Keyword, error.Location));
        Assert.Contains(pointer, error.Message);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("""{"type": "string", "minLength": 3, "maxLength": 2}""")]
    [InlineData("""{"type": "integer", "minimum": 3, "maximum": 2}""")]
    [InlineData("""{"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 4}""")]
    [InlineData("""{"type": "array", "minItems": 2, "maxItems": 1}""")]
    [InlineData("""{"type": "array", "items": false, "minItems": 1}""")]
    [InlineData("""{"type": "object", "properties": {"a": false}, "required": ["a"]}""")]
    [InlineData("""{"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}""")]
    [InlineData("""{"allOf": [{"type": "string"}, {"type": "integer"}]}""")]
    [InlineData("""{"allOf": [{"enum": [1, 2]}, {"enum": [3]}]}""")]
    [InlineData("""{"type": "string", "pattern": "^a$", "minLength": 2}""")]
    [InlineData("""{"type": "object", "properties": {"a": {}}, "required": ["b"], "additionalProperties": false}""")]
    public void FromJsonSchema_NothingValid_SaysThatThereIsNoEnd(string schema) =>
        Assert.Contains("no reachable end", Assert.Throws<GrammarException>(() => Compile(schema)).Message);

    [Theory]
    [InlineData("""{"type": "string", "pattern": "^(a|b)*a(a|b){24}$"}""")]
    [InlineData("""{"type": "string", "pattern": "^((x{1,9999}){1,9999}){1,9999}$"}""")]
    [InlineData("""{"type": "string", "pattern": "^(.{0,9999}a){3}$"}""")]
    [InlineData("""{"type": "string", "pattern": "a", "maxLength": 1000000}""")]
    [InlineData("""{"multipleOf": 99991}""")]
    public void FromJsonSchema_Exploding_IsRefusedSoon(string schema) => Assert.Throws<GrammarException>(() => Compile(schema));

    [Fact]
    public void FromJsonSchema_ChoicesThatMultiply_AreRefused()
    {
        var choice = """{"anyOf": [{"maxLength": 9}, {"minLength": 1}, {"type": "string"}, {"type": ["string", "null"]}]}""";
        var schema = $$"""{"allOf": [{{string.Join(",", Enumerable.Repeat(choice, 12))}}]}""";
        Assert.Equal("anyOf", Assert.Throws<GrammarException>(() => Compile(schema)).Keyword);
    }

    [Fact]
    public void FromJsonSchema_LongChainsOfReferences_Compile()
    {
        // Ten thousand rules, each within the one before: no recursion of the compiler may follow them.
        var definitions = Enumerable.Range(0, 10_000).Select(i => $$""" "d{{i}}": {"type": "array", "items": {"$ref": "#/$defs/d{{i + 1}}"} } """);
        var schema = $$"""{"$ref": "#/$defs/d0", "$defs": { {{string.Join(",", definitions)}}, "d10000": {"type": "null"} } }""";
        Assert.True(Compile(schema).Accepts("[[[]]]"));
    }

    [Fact]
    public void FromJsonSchema_ManyOptionalProperties_CompileAndSkip()
    {
        var properties = string.Join(",", Enumerable.Range(0, 2000).Select(i => $$""" "p{{i}}": {"type": "integer"} """));
        var grammar = Compile($$"""{"type": "object", "properties": { {{properties}} } }""");
        Assert.True(grammar.Accepts("""{"p0": 1, "p1": 2, "p1999": 3}"""));
        Assert.False(grammar.Accepts("""{"p1": 1, "p0": 2}"""));
    }

    [Theory]
    [InlineData(JsonSpacing.Single, true, false, false)]
    [InlineData(JsonSpacing.None, false, true, false)]
    [InlineData(JsonSpacing.Optional, true, true, true)]
    public void FromJsonSchema_Spacing_IsAsChosen(JsonSpacing spacing, bool single, bool none, bool mixed)
    {
        var grammar = Compile("""{"type": "object", "properties": {"a": {"enum": [[1, 2]]}, "b": {}}}""", spacing);
        Assert.Equal(single, grammar.Accepts("""{"a": [1, 2], "b": {"x": 1, "y": 2}}"""));
        Assert.Equal(none, grammar.Accepts("""{"a":[1,2],"b":{"x":1,"y":2}}""") || grammar.Accepts("""{"a":[1, 2],"b":{"x":1,"y":2}}"""));
        Assert.Equal(mixed, grammar.Accepts("""{"a": [1, 2],"b": {"x":1, "y": 2}}"""));
        Assert.False(grammar.Accepts("""{ "a": [1, 2] }"""));
        Assert.False(grammar.Accepts("""{"a":  [1, 2]}"""));
    }

    [Fact]
    public void FromJsonSchema_AnyJson_CompilesOrIsRefused()
    {
        string[] keywords = ["type", "enum", "const", "properties", "required", "items", "prefixItems", "minimum", "maxLength", "minItems", "pattern", "anyOf", "oneOf", "allOf", "$ref", "$defs", "additionalProperties", "maxProperties", "multipleOf", "$id", "a"];
        Gen<string> Json(int depth) => depth == 0
            ? Gen.Elements("true", "null", "0", "-1.5e3", "1e999", "\"string\"", "\"#\"", "\"#/$defs/a\"", "\"[\"", "\"\\ud800\"", "[]", "{}")
            : Gen.OneOf(
                Json(0),
                from items in Json(depth - 1).ListOf(2) select $"[{string.Join(",", items)}]",
                from names in Gen.SubListOf(keywords) from values in Json(depth - 1).ListOf(names.Count) select $$"""{ {{string.Join(",", names.Zip(values, (name, value) => $"\"{name}\":{value}"))}} }""",
                from name in Gen.Elements(keywords) from value in Json(depth - 1) select $$"""{ "{{name}}": {{value}} }""");
        Prop.ForAll(Json(5).ToArbitrary(), schema =>
        {
            try
            {
                Compile(schema);
            }
            catch (GrammarException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void FromJsonSchema_Annotations_SayNothing()
    {
        var grammar = Compile("""{"title": "t", "description": "d", "default": 1, "examples": [], "$comment": "c", "format": "date", "x-vendor": {}, "type": "string", "uniqueItems": false}""");
        Assert.True(grammar.Accepts("\"not a date\""));
    }
}
