using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Models.Tokens;
using Models.Tokens.Normalizing;
using Models.Tokens.Splitting;
using TestKit;

namespace Models.Tests.Tokens;

/// <summary>What HF tokenizers makes of awkward texts (Reference/hf-tokenizers.mjs writes it) is what this reader makes of them.</summary>
public class HfTokenizersTests
{
    private static readonly JsonElement Golden = ReferenceTokenizers.Golden;

    private static readonly string[] Awkward = Strings(Golden.GetProperty("texts"));

    public static TheoryData<string> Tokenizers() => [.. ReferenceTokenizers.Names];

    public static TheoryData<int> Normalizers() => [.. Enumerable.Range(0, Golden.GetProperty("normalizers").GetArrayLength())];

    public static TheoryData<int> PreTokenizers() => [.. Enumerable.Range(0, Golden.GetProperty("preTokenizers").GetArrayLength())];

    public static TheoryData<int> Scanners() => [.. Enumerable.Range(0, Golden.GetProperty("scanners").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void EncodeAndDecode_TokenizerOfEachFamily_EqualGolden(string name)
    {
        AssertCases(ReferenceTokenizers.Load(name), ReferenceTokenizers.Find(name).GetProperty("cases"));
    }

    [SharedTheory("tokenizers")]
    [InlineData("qwen2")]
    [InlineData("phi-3-mini")]
    public void EncodeAndDecode_PublishedTokenizer_EqualGolden(string name) =>
        AssertCases(Tokenizer.FromFolder(Shared.Find("tokenizers", name)!), Golden.GetProperty("shared").GetProperty(name));

    [Theory]
    [MemberData(nameof(Normalizers))]
    public void Apply_Normalizer_EqualsGolden(int index)
    {
        var golden = Golden.GetProperty("normalizers")[index];
        var normalizer = Normalizer.FromJson(golden.GetProperty("json"))!;
        Assert.Equal(Strings(golden.GetProperty("cases")), Awkward.Select(normalizer.Apply));
    }

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void Split_PreTokenizer_EqualsGolden(int index)
    {
        var golden = Golden.GetProperty("preTokenizers")[index];
        AssertSplits(PreTokenizer.FromJson(golden.GetProperty("json"))!, golden.GetProperty("cases"));
    }

    [Theory]
    [MemberData(nameof(Scanners))]
    public void Split_WellKnownRegex_EqualsOniguruma(int index)
    {
        var golden = Golden.GetProperty("scanners")[index];
        var regex = golden.GetProperty("regex").GetString()!;
        var scanner = KnownRegexes.FindScanner(regex);
        Assert.NotNull(scanner);
        var splitter = new SplitPreTokenizer(scanner, SplitBehavior.Isolated, invert: false);
        AssertSplits(splitter, golden.GetProperty("cases"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in RandomTexts())
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\u0001', Split(splitter, text)) + '\u0002'));
        Assert.Equal(golden.GetProperty("sha256").GetString(), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void AssertCases(Tokenizer tokenizer, JsonElement cases)
    {
        for (var i = 0; i < Awkward.Length; i++)
        {
            var expected = Numbers(cases[i].GetProperty("ids"));
            AssertIds(expected, tokenizer.Encode(Awkward[i]), Awkward[i]);
            AssertIds(Numbers(cases[i].GetProperty("plain")), tokenizer.Encode(Awkward[i], addSpecialTokens: false), Awkward[i]);
            if (!cases[i].TryGetProperty("decoded", out var decoded))
                continue;
            Assert.Equal(decoded.GetString(), tokenizer.Decode(expected));
            Assert.Equal(cases[i].GetProperty("decodedWithSpecial").GetString(), tokenizer.Decode(expected, skipSpecialTokens: false));
        }
    }

    private static void AssertIds(int[] expected, int[] actual, string text) =>
        Assert.True(expected.SequenceEqual(actual), $"'{text}': expected {string.Join(' ', expected)}, but was {string.Join(' ', actual)}");

    private static void AssertSplits(PreTokenizer splitter, JsonElement cases)
    {
        for (var i = 0; i < Awkward.Length; i++)
            Assert.Equal(Strings(cases[i]), Split(splitter, Awkward[i]));
    }

    private static string[] Split(PreTokenizer splitter, string text)
    {
        List<ReadOnlyMemory<char>> parts = [];
        if (text.Length > 0) // there are no empty pieces to cut
            splitter.Split(text.AsMemory(), first: true, parts);
        return [.. parts.Select(part => part.ToString())];
    }

    /// <summary>The same 5,000 strings as the script's: the same generator over the same characters.</summary>
    private static IEnumerable<string> RandomTexts()
    {
        var awkward = Strings(Golden.GetProperty("awkward"));
        var state = 1u;
        for (var i = 0; i < 5000; i++)
        {
            var text = new StringBuilder();
            for (var length = 1 + Next(24); length > 0; length--)
                text.Append(awkward[Next(awkward.Length)]);
            yield return text.ToString();
        }

        int Next(int limit)
        {
            state = unchecked(state * 1664525 + 1013904223);
            return (int)((state >> 8) % (uint)limit);
        }
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
