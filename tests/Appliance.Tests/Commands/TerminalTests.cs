using Appliance.Commands;

namespace Appliance.Tests.Commands;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("plain text, ünïcode 漢字 🙂", "plain text, ünïcode 漢字 🙂")]
    [InlineData("\u001b[2J\u0007gone\r\n", "?[2J?gone??")]
    [InlineData("\u009b31m \u202etxt.exe \u2028", "?31m ?txt.exe ?")]
    public void Clean_ControlCharacters_AreReplaced(string text, string clean) => Assert.Equal(clean, Terminal.Clean(text));

    [Theory]
    [InlineData("a\n\tb\n", "a\n\tb\n")]
    [InlineData("\u001b]52;c;aGk=\u0007 \u001b]8;;http://evil.example\u001b\\link \u202egpj.exe\r", "?]52;c;aGk=? ?]8;;http://evil.example?\\link ?gpj.exe?")]
    public void WritePiece_OfWhatAModelSaid_KeepsLinesAndTabsAlone(string text, string written)
    {
        var output = new StringWriter();

        new Terminal(output, TextWriter.Null, Colours: true, Live: true, 80).WritePiece(text);

        Assert.Equal(written, output.ToString());
    }

    [Fact]
    public void WriteTable_Rows_LineUpAndCannotSteerTheTerminal()
    {
        var output = new StringWriter();

        new Terminal(output, TextWriter.Null, Colours: false, Live: false, 80).WriteTable(["NAME", "SIZE"], [["a\u001bb", "1 B"], ["longer", "2"]]);

        Assert.Equal("NAME    SIZE\na?b     1 B\nlonger  2\n", output.ToString());
    }

    [Fact]
    public void WriteTable_WithColours_OnlyTheHeadIsBold()
    {
        var output = new StringWriter();

        new Terminal(output, TextWriter.Null, Colours: true, Live: false, 80).WriteTable(["NAME"], [["a"]]);

        Assert.Equal("\e[1mNAME\e[0m\na\n", output.ToString());
    }
}
