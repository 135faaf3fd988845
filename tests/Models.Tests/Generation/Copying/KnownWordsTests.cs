using System.Text;
using Models.Generation.Copying;

namespace Models.Tests.Generation.Copying;

public sealed class KnownWordsTests
{
    private const string Conversation = "Ping 192.0.2.7 at 2026-11-26T18:05:00, 4 times in 90m\ngpio17 is für tea\n7ab5259c  oat milk";

    private const string Own = "It The and answers don t on";

    [Theory]
    [InlineData("It is 18:05.")]
    [InlineData("The ping: 18:05:00, on 26 and 11")]
    [InlineData("192.0.2.7 answers.")]
    [InlineData("26.11.2026", false)]
    [InlineData("192.0.2.7.7 answers.", false)]
    [InlineData("192.0.2.2 answers.", false)]
    [InlineData("192.0.2 answers.")]
    [InlineData("19 answers.", false)]
    [InlineData("18:5", false)]
    [InlineData("5 times", false)]
    [InlineData("4 times")]
    [InlineData("4times", false)]
    [InlineData("17, and 4, and 90: gpio17 and gpio 17")]
    [InlineData("gpio18", false)]
    [InlineData("7ab5259c and Oat Milk.")]
    [InlineData("7ab5259d", false)]
    [InlineData("OAT milk")]
    [InlineData("oatmilk", false)]
    [InlineData("mil", false)]
    [InlineData("milks", false)]
    [InlineData("FÜR", false)]
    [InlineData("Für tea, it don't")]
    [InlineData("coffee", false)]
    [InlineData("... (or) ...", false)]
    [InlineData("- . : !? \n")]
    public void Fits_WhatIsMadeOfKnownWords_Alone(string answer, bool fits = true)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var words = new KnownWords(Encoding.UTF8.GetBytes(Conversation), Encoding.UTF8.GetBytes(Own));
            // However tokens split it.
            var begins = words.Fits(bytes.AsSpan(0, split));
            words.Take(bytes.AsSpan(0, split));
            var goesOn = words.Fits(bytes.AsSpan(split));
            words.Take(bytes.AsSpan(split));
            Assert.Equal(fits, begins && goesOn && words.IsWhole);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("it ", true)]
    [InlineData("oat mil", false)]
    [InlineData("oat milk", true)]
    [InlineData("192.0.", true)]
    [InlineData("at 18:0", false)]
    public void IsWhole_InTheMiddleOfAWord_IsFalse(string answer, bool isWhole)
    {
        var words = new KnownWords(Encoding.UTF8.GetBytes(Conversation), Encoding.UTF8.GetBytes(Own));
        words.Take(Encoding.UTF8.GetBytes(answer));

        Assert.Equal(isWhole, words.IsWhole);
    }

    [Fact]
    public void Fits_AfterAWordThatIsNotKnown_GoesOnWithTheNext()
    {
        var words = new KnownWords("tea"u8, ""u8);
        words.Take("coffe"u8);

        Assert.False(words.Fits("e"u8));
        Assert.True(words.Fits(" tea"u8));
    }
}
