using Runtime.Context;
using Runtime.Sessions;

namespace Runtime.Tests.Context;

public sealed class HistoryWindowTests
{
    private static int Count(string text) => text.Length;

    [Fact]
    public void Cut_FitsAndKeepsTheTurn_AndTheBeginningChangesSeldom()
    {
        var random = new Random(7);
        var transcript = new List<SessionMessage>();
        string? first = null;
        var changes = 0;
        for (var turn = 0; turn < 300; turn++)
        {
            Add(SessionMessage.User, turn, random.Next(5, 80));
            for (var step = random.Next(0, 4); step > 0; step--)
            {
                Add(SessionMessage.Assistant, turn, 10);
                Add(SessionMessage.Tool, turn, random.Next(5, 900));
            }
            Add(SessionMessage.Assistant, turn, random.Next(5, 200));
            var cut = HistoryWindow.Cut(transcript, $"r{turn}", 6000, Count);
            Assert.True(cut.Sum(m => m.Text.Length + 6) <= 6000 || cut.All(m => m.RunId == $"r{turn}"), $"turn {turn}: {cut.Sum(m => m.Text.Length + 6)}");
            Assert.Equal(transcript.Count(m => m.RunId == $"r{turn}"), cut.Count(m => m.RunId == $"r{turn}"));
            Assert.Equal(SessionMessage.User, cut[0].Role);
            if (cut[0].Id != first) changes++;
            first = cut[0].Id;
        }
        Console.WriteLine($"figure: the beginning of a prompt that does not fit changed in {changes} of 300 turns");
        Assert.InRange(changes, 10, 100);

        void Add(string role, int turn, int length) =>
            transcript.Add(new SessionMessage($"m{transcript.Count}", transcript.Count + 1, turn, role, new string('x', length)) { RunId = $"r{turn}" });
    }

    [Fact]
    public void Cut_OldResultsFirst()
    {
        var transcript = new List<SessionMessage>();
        for (var i = 0; i < 12; i++)
        {
            transcript.Add(new SessionMessage($"a{i}", i * 2 + 1, 0, i == 0 ? SessionMessage.User : SessionMessage.Assistant, "go") { RunId = "r" });
            transcript.Add(new SessionMessage($"t{i}", i * 2 + 2, 0, SessionMessage.Tool, new string((char)('a' + i), 1000)) { RunId = "r", ToolCallId = $"c{i}" });
        }
        var cut = HistoryWindow.Cut(transcript, "r", 6000, Count);
        Assert.Equal(transcript.Count, cut.Count);
        Assert.Contains("characters left out", cut[1].Text, StringComparison.Ordinal);
        Assert.Equal(transcript[^1].Text, cut[^1].Text);
        Assert.Same(transcript, HistoryWindow.Cut(transcript, "r", 100_000, Count));
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(100_000)]
    public void Cut_WithASummaryThatIsLongerThanTheRoom_ShortensIt(int length)
    {
        List<SessionMessage> transcript = [new("s", 1, 0, SessionMessage.Summary, new string('x', length))];
        for (var i = 0; i < 20; i++) transcript.Add(new($"m{i}", i + 2, i, SessionMessage.User, "hello") { RunId = $"r{i}" });
        var cut = HistoryWindow.Cut(transcript, "r19", 500, Count);
        Assert.InRange(cut.Sum(m => m.Text.Length + 6), 250, 500);
        Assert.Equal((SessionMessage.Summary, "r19"), (cut[0].Role, cut[^1].RunId));
        Assert.Contains("characters left out", cut[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_AndShrink_KeepTheSummary()
    {
        List<SessionMessage> transcript = [new("s", 1, 0, SessionMessage.Summary, "We spoke of whales.")];
        for (var i = 0; i < 40; i++)
        {
            transcript.Add(new SessionMessage($"u{i}", i * 2 + 2, 0, SessionMessage.User, new string('u', 100)) { RunId = $"r{i}" });
            transcript.Add(new SessionMessage($"a{i}", i * 2 + 3, 0, SessionMessage.Assistant, new string('a', 100)) { RunId = $"r{i}" });
        }
        var cut = HistoryWindow.Cut(transcript, "r39", 3000, Count);
        Assert.True(cut.Count < 40);
        Assert.Equal("s", cut[0].Id);

        var history = new History(cut, "r39", TimeZoneInfo.Utc, new ContextTarget(2048, null, CanChat: false));
        var count = history.Messages.Count;
        Assert.True(history.Shrink());
        Assert.True(history.Messages.Count < count);
        while (history.Shrink()) Assert.Equal("We spoke of whales.", history.Messages[1].Text);
        Assert.Equal("We spoke of whales.", history.Messages[1].Text);
        Assert.Equal(new string('u', 100), history.Messages[2].Text);
    }
}
