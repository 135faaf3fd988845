using Models.Tokens;
using TestKit;
using Xunit.Abstractions;

namespace Models.Tests.Tokens;

public sealed class TokenEstimateTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("The moon is far away.", 6)]
    [InlineData("extraordinarily", 4)]
    [InlineData("camelCaseName", 4)]
    [InlineData("a 12", 4)]
    [InlineData("ФИЗИКА", 6)]
    [InlineData("月が", 3)]
    [InlineData("🌍", 2)]
    public void Of_AText_IsCountedByItsPieces(string text, int expected) => Assert.Equal(expected, TokenEstimate.Of(text));

    [SharedTheory("evals/bfcl")]
    [InlineData("qwen2")]
    [InlineData("phi-3-mini")]
    public void Of_OrdinaryPrompts_IsSeldomTooLittleAndNeverFarOff(string name)
    {
        var tokenizer = Tokenizer.FromFolder(Shared.Find("tokenizers", name)!);
        List<string> texts = [.. Directory.EnumerateFiles(Shared.Find("evals", "bfcl")!, "*.json*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Where(line => line.StartsWith('{')).Take(2000)];
        texts.AddRange(Several);
        long estimated = 0, counted = 0;
        var below = 0;
        foreach (var text in texts)
        {
            var (about, exact) = (TokenEstimate.Of(text), tokenizer.Encode(text, addSpecialTokens: false).Length);
            (estimated, counted) = (estimated + about, counted + exact);
            if (about < exact) below++;
        }
        output.WriteLine($"figure: tokens estimated for {name}: {(double)estimated / counted:0.00} times what it counts over {texts.Count} prompts, {below} of them too few");
        Assert.InRange((double)estimated / counted, 1, 1.7);
        Assert.True(below <= texts.Count / 50, $"{below} of {texts.Count} were estimated too low");
    }

    private static IEnumerable<string> Several =>
    [
        "Der Zug von Zürich nach München fährt um zwanzig nach acht, und die Rückfahrkarte kostet fünfundvierzig Euro.",
        "Le train part à huit heures vingt, et l'aller-retour coûte quarante-cinq euros.",
        "Поезд отправляется в восемь часов двадцать минут, а обратный билет стоит сорок пять евро.",
        "列车八点二十分发车,往返票价为四十五欧元。",
        "公開鍵と秘密鍵の違いを簡単に説明してください。",
        "public static int Add(int a, int b) => a + b; // returns the sum\nfor (var i = 0; i < 10; i++) Console.WriteLine(i);",
    ];
}
