using Eval.Talking;

namespace Trainer.Tests.Evaluating;

public sealed class NonsenseTests
{
    [Theory]
    [InlineData("Your timer is set for 12:30.", "Added 3fe0b72d. Next: 2026-11-26 12:30:00 +00:00.")]
    [InlineData("I will remind you at 6:30 pm.", "2026-11-26 18:30:00")]
    [InlineData("45 minutes, starting now.", "a timer of forty-five minutes")]
    [InlineData("You have 3 timers.", "three")]
    [InlineData("1,024 MB are free.", "1024 MB")]
    [InlineData("The address is 10.1.1.1.", "eth0: 10.1.1.1")]
    [InlineData("That is 20.94.", "6 * 3.49 = 20.94")]
    [InlineData("No, no! I meant the porch light.", "")]
    public void Of_WhatAPersonCouldSay_IsNone(string reply, string known) => Assert.Null(Nonsense.Of(reply, [known]));

    [Theory]
    [InlineData(" ", "", "nothing")]
    [InlineData("<tool_call> {\"name\"", "", "not for people")]
    [InlineData("You told me: Uma\"}}", "", "not for people")]
    [InlineData("There are model model model.", "", "circles")]
    [InlineData("Not approved: foreign data, bo data, bo data, bo data", "", "circles")]
    [InlineData("It is 23.5 °C.", "kitchen: 21.5 °C", "23")]
    [InlineData("I will remind you in 104 minutes.", "in ten minutes", "104")]
    public void Of_WhatNobodyWouldSay_NamesIt(string reply, string known, string fault) => Assert.Contains(fault, Nonsense.Of(reply, [known]), StringComparison.Ordinal);
}
