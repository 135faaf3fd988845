using System.Text;
using Models.Generation.Copying;

namespace Models.Tests.Generation.Copying;

public sealed class CopiedWordsTests
{
    [Theory]
    [InlineData("read the file docs/plan.md", "docs/plan.md\"", 0)]
    [InlineData("read the file docs/plan.md", "docs/plan\"", CopiedWords.BrokenWord)]
    [InlineData("read the file docs/plan.md.", "docs/plan.md\"", 0)]
    [InlineData("read the file docs/plan.md", "file.md\"", CopiedWords.BrokenWord)]
    [InlineData("is 192.168.1.17 up?", "192.168.1.17\"", 0)]
    [InlineData("is 192.168.1.17 up?", "192.168.1 17\"", CopiedWords.BrokenWord)]
    [InlineData("is 192.168.1.17 up?", "192.168.1\"", CopiedWords.BrokenWord)]
    [InlineData("put olive oil and eggs on the list", "olive oil, eggs\"", 0)]
    [InlineData("put olive oil and eggs on the list", "olive eggs\"", CopiedWords.OtherWord)]
    [InlineData("put olive oil and eggs on the list", "olive oi\"", CopiedWords.UnknownWord)]
    [InlineData("put olive oil and eggs on the list", "butter\"", CopiedWords.UnknownWord)]
    [InlineData("put olive oil and eggs on the list", "eggplant\"", CopiedWords.BrokenWord)]
    [InlineData("put olive oil and eggs on the list", "olive eggplant\"", CopiedWords.UnknownWord)]
    [InlineData("turn on the lamp in the kitchen", "kitchen lamp\"", CopiedWords.OtherWord)]
    [InlineData("buy milk, sugar, and tea", "milk, tea\"", CopiedWords.OtherWord)]
    [InlineData("buy milk, sugar, and tea", "milk, sugar, tea\"", CopiedWords.OtherWord)]
    [InlineData("buy Milk", "milk\"", CopiedWords.UnknownWord)]
    [InlineData("Milk is empty", "milk\"", 0)]
    [InlineData("Milk is empty", "Milk\"", 0)]
    [InlineData("user\nMilk is empty", "milk\"", 0)]
    [InlineData("dim it to 40%", "40\"", 0)]
    [InlineData("dim it to 40%", "4\"", CopiedWords.BrokenWord)]
    [InlineData("write \"hi\" to a.txt", "\\\"hi\\\"\"", 0)]
    [InlineData("two packs of diplomas", "diplo\\", CopiedWords.BrokenWord)]
    [InlineData("two packs of diplomas", "packs\\", CopiedWords.OtherWord)]
    [InlineData("save C:\\data", "C:\\\\data\"", 0)]
    [InlineData("erinnere mich an Äpfel", "Äpfel\"", 0)]
    [InlineData("erinnere mich an Äpfel", "pfel\"", CopiedWords.UnknownWord)]
    [InlineData("read a.txt", "a.txt\", \"b.txt", 0)]
    public void Cost_OfWordsOfTheText_IsNothing(string source, string said, int cost)
    {
        var words = new CopiedWords(Encoding.UTF8.GetBytes(source));
        var bytes = Encoding.UTF8.GetBytes(said);
        var first = words.Cost(bytes.AsSpan(0, 1));
        words.Take(bytes.AsSpan(0, 1));

        Assert.Equal(cost, Math.Max(first, words.Cost(bytes.AsSpan(1))));
    }

    [Theory]
    [InlineData("remind me to stand up every hour", "stand\"", CopiedWords.EarlyEnd)]
    [InlineData("remind me to stand up, every hour", "stand up\"", 0)]
    [InlineData("remind me to stand up", "stand up\"", 0)]
    [InlineData("remind me to stand up\nuser", "stand up\"", 0)]
    [InlineData("I stand here, do not stand", "stand\"", 0)]
    [InlineData("remind me to stand up", "stan\"", CopiedWords.UnknownWord)]
    public void Cost_OfAnEndBeforeThePhraseEnds_IsLittle(string source, string said, int cost)
    {
        Assert.Equal(cost, new CopiedWords(Encoding.UTF8.GetBytes(source), isWhole: true).Cost(Encoding.UTF8.GetBytes(said)));
        if (cost == CopiedWords.EarlyEnd) Assert.Equal(0, new CopiedWords(Encoding.UTF8.GetBytes(source)).Cost(Encoding.UTF8.GetBytes(said)));
    }

    [Fact]
    public void Take_AnyPieces_CostSomethingWhereTheWholeDoes()
    {
        const string Source = "remind me to call aunt May, and to buy two (blue) pens at 5 pm";
        var random = new Random(5);
        for (var round = 0; round < 1000; round++)
        {
            var (from, other) = (random.Next(Source.Length), random.Next(Source.Length));
            var said = Encoding.UTF8.GetBytes($"{Source[from..random.Next(from, Source.Length)]}{Source[other..random.Next(other, Source.Length)]}\"");
            var (whole, pieces, cost) = (new CopiedWords(Encoding.UTF8.GetBytes(Source)), new CopiedWords(Encoding.UTF8.GetBytes(Source)), 0);
            for (var at = 0; at < said.Length;)
            {
                var next = Math.Min(said.Length, at + random.Next(1, 4));
                cost = Math.Max(cost, pieces.Cost(said.AsSpan(at..next)));
                pieces.Take(said.AsSpan(at..next));
                at = next;
            }
            Assert.Equal(whole.Cost(said) > 0, cost > 0);
        }
    }

    [Fact]
    public void Cost_OfAWordThatBeginsLikeAnother_IsThatOfAnUnknownWord()
    {
        var words = new CopiedWords("wake me at 7"u8.ToArray());
        Assert.Equal(CopiedWords.UnknownWord, words.Cost("alarm\""u8));

        words.Take("a"u8);
        Assert.Equal(CopiedWords.BrokenWord, words.Cost("larm\""u8));
    }

    [Fact]
    public void Take_AWordThatIsNotThere_LeavesTheRestOfItAloneAndGoesOnWithTheNext()
    {
        var words = new CopiedWords("put tea on it"u8.ToArray());
        words.Take("coff"u8);
        Assert.Equal(0, words.Cost("ee"u8));

        words.Take("ee "u8);
        Assert.Equal(0, words.Cost("tea\""u8));
        Assert.Equal(CopiedWords.UnknownWord, words.Cost("cake"u8));
    }
}
