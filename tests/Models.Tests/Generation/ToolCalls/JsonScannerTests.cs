using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

public sealed class JsonScannerTests
{
    private static bool Accepts(string text)
    {
        var scanner = new JsonScanner();
        // A number alone ends with its text, which only the space behind it tells; here numbers stand in an array.
        return $"[{text}]".All(scanner.Push) && scanner.State == JsonState.End;
    }

    private static bool SystemTextJsonAccepts(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"[{text}]"));
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    [Fact]
    public void Push_AnyText_IsJsonWhereSystemTextJsonSaysSo()
    {
        var token = Gen.Elements(
            "{", "}", "[", "]", ",", ":",
            "\"", "\"a\"", "\"a\":", "\\", "\\u", "\\n", "\\u00e9", "\\uD83D", "\\uDE42", "dE",
            " ", "\n", "-", "0", "7", ".", "e", "E", "+", "true", "false", "null", "nul", "é", "🙂");
        var texts = token.ListOf().Select(t => string.Concat(t.Take(8)));
        Prop.ForAll(Arb.From(texts), text => Check(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Push_JsonWithACharacterChanged_IsJsonWhereSystemTextJsonSaysSo()
    {
        var cases =
            from json in Texts.Arguments
            from at in Gen.Choose(0, json.Length - 1)
            from c in Gen.Elements("{}[],:\"\\u0e-.+ tfn".ToCharArray())
            from how in Gen.Choose(0, 2)
            select how switch { 0 => json, 1 => json.Remove(at, 1), _ => json.Remove(at, 1).Insert(at, c.ToString()) };
        // Only half a surrogate pair in the text itself has no UTF-8 to compare.
        var texts = cases.Where(text => !text.Any(char.IsSurrogate));
        Prop.ForAll(Arb.From(texts), text => Check(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("-0.0E-0", true)]
    [InlineData("01", false)]
    [InlineData("1.", false)]
    [InlineData("-", false)]
    [InlineData("1e", false)]
    [InlineData("+1", false)]
    [InlineData("[1,]", false)]
    [InlineData("{\"a\":1,}", false)]
    [InlineData("\"\\x\"", false)]
    [InlineData("\"\\ud83d\\ude42\"", true)]
    [InlineData("\"\\ude42\"", false)]
    [InlineData("\"\\ud83dx\"", false)]
    [InlineData("\"\\ud83d\\n\"", false)]
    public void Push_Edges(string text, bool expected)
    {
        Assert.Equal(expected, Accepts(text));
        Assert.Equal(expected, SystemTextJsonAccepts(text));
    }

    [Fact]
    public void Push_RawControlCharactersInStrings_AreAllowed() => Assert.True(Accepts("\"a\n\t\u0001\""));

    [Fact]
    public void Push_HalfASurrogatePair_IsRefused()
    {
        string[] halves = ["\ud83d", "\ude42", "\ud83d\\ude42", "\\ud83d\ude42", "\ud83d "];
        foreach (var half in halves) Assert.False(Accepts($"\"{half}\""));
        Assert.True(Accepts("\"\ud83d\ude42\""));
    }

    // A raw line break is as good as a space, also in a string.
    private static void Check(string text) => Assert.Equal(SystemTextJsonAccepts(text.Replace('\n', ' ')), Accepts(text));
}
