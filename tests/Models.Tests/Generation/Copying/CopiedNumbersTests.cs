using System.Text;
using Models.Generation.Copying;

namespace Models.Tests.Generation.Copying;

public sealed class CopiedNumbersTests
{
    private const string Conversation = "ping 192.0.2.7 at 2026-11-26T18:05:00, 4 times in 90m\ngpio17 is on";

    [Theory]
    [InlineData("It is 18:05.")]
    [InlineData("It is 18:05:00, on November 26")]
    [InlineData("192.0.2.7 answers.")]
    [InlineData("26.11.2026 is not how it stands there", false)]
    [InlineData("192.0.2.7.7 answers.", false)]
    [InlineData("192.0.2.2 answers.", false)]
    [InlineData("192.0.2 answers.")]
    [InlineData("19 answers.", false)]
    [InlineData("18:5", false)]
    [InlineData("5 times", false)]
    [InlineData("4 times")]
    [InlineData("17, and 4, and 90")]
    [InlineData("No number at all: . or .. or :")]
    public void Fits_NumbersOfTheConversation_Alone(string answer, bool fits = true)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var numbers = new CopiedNumbers(Encoding.UTF8.GetBytes(Conversation));
            var first = numbers.Fits(bytes.AsSpan(0, split));
            numbers.Take(bytes.AsSpan(0, split));
            // However the tokens split it; once it is wrong, nothing more is said of that number.
            Assert.Equal(fits, first && numbers.Fits(bytes.AsSpan(split)) && (split < bytes.Length || numbers.IsWhole));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("at ", true)]
    [InlineData("at 18", true)]
    [InlineData("at 1", false)]
    [InlineData("at 18:", true)]
    [InlineData("at 18:0", false)]
    [InlineData("at 18:05", true)]
    public void IsWhole_InTheMiddleOfANumber_IsFalse(string answer, bool isWhole)
    {
        var numbers = new CopiedNumbers(Encoding.UTF8.GetBytes(Conversation));
        numbers.Take(Encoding.UTF8.GetBytes(answer));

        Assert.Equal(isWhole, numbers.IsWhole);
    }
}
