using Runtime.Schedule.Jobs;
using Runtime.Tools;
using Runtime.Tools.Files;
using Runtime.Tools.Policy;
using Runtime.Tools.Schedule;

namespace Runtime.Tests.Schedule;

public sealed class CronToolTests : IDisposable
{
    private readonly CronBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Add_ThenListAndRemove_AreTheAgentsOwnJobs()
    {
        var added = await CallAsync("""{"action":"add","when":"in 20m","text":"tell me to go"}""", Context());
        Assert.Contains("Next: 2026-01-02 ", added, StringComparison.Ordinal);
        var job = Assert.Single(_bench.Cron.Book.List());
        Assert.Equal(("at", "session:agent:main:main", _bench.Now + 20 * 60_000), (job.Schedule.Kind, job.Target, _bench.Cron.Next(job)));
        // So much of its id is shown that it is named by that, and no more; less of it names none.
        var shown = job.Id[..8];
        Assert.StartsWith($"Added {shown}. ", added, StringComparison.Ordinal);
        Assert.StartsWith($"{shown}  ", await CallAsync("""{"action":"list"}""", Context()), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolException>(() => CallAsync($$"""{"action":"remove","id":"{{shown[..7]}}"}""", Context()));
        Assert.Equal("Removed.", await CallAsync($$"""{"action":"remove","id":"{{shown}}"}""", Context()));
        await CallAsync("""{"action":"add","when":"in 20m","text":"tell me to go"}""", Context());
        job = Assert.Single(_bench.Cron.Book.List());
        await CallAsync($$"""{"action":"remove","id":"{{job.Id}}"}""", Context());
        Assert.Empty(_bench.Cron.Book.List());
    }

    [Fact]
    public async Task Remove_ByItsText_IsTheOnlyOneThatSaysSo()
    {
        await CallAsync("""{"action":"add","when":"in 5m","text":"timer"}""", Context());
        await CallAsync("""{"action":"add","when":"in 5m","text":"timer tea"}""", Context());
        Assert.Equal("Removed.", await CallAsync("""{"action":"remove","text":"Timer"}""", Context()));
        Assert.Equal("timer tea", Assert.Single(_bench.Cron.Book.List()).Text);
        Assert.Contains("no job that says timer", (await Assert.ThrowsAsync<ToolException>(() => CallAsync("""{"action":"remove","text":"timer"}""", Context()))).Message, StringComparison.Ordinal);
        await CallAsync("""{"action":"add","when":"in 9m","text":"timer tea"}""", Context());
        Assert.Contains("Several", (await Assert.ThrowsAsync<ToolException>(() => CallAsync("""{"action":"remove","text":"timer tea"}""", Context()))).Message, StringComparison.Ordinal);
        Assert.Equal(2, _bench.Cron.Book.List().Count);
    }

    // attacks.jsonl, injection-10: with the creator's rights, never more.
    [Fact]
    public async Task Add_BySomebodyElse_KeepsWhoItWas_AndOthersJobsAreNotTheirs()
    {
        await CallAsync("""{"action":"add","when":"every 2h","text":"mine"}""", Context());
        await CallAsync("""{"action":"add","when":"0 9 * * *","text":"theirs"}""", Context() with { Person = "kid", IsTainted = true });
        var theirs = _bench.Cron.Book.List().Single(job => job.Person == "kid");
        Assert.True(theirs.IsTainted);
        Assert.DoesNotContain("mine", await CallAsync("""{"action":"list"}""", Context() with { Person = "kid" }), StringComparison.Ordinal);
        var mine = _bench.Cron.Book.List().Single(job => job.Person is null);
        await Assert.ThrowsAsync<ToolException>(() => CallAsync($$"""{"action":"remove","id":"{{mine.Id}}"}""", Context() with { Person = "kid" }));
    }

    [Theory]
    [InlineData("remind me to call mom in 5 minutes", "call mom", true)]
    [InlineData("Remind me, please: call Mom! In 5 minutes", "reminder: call mom", true)]
    [InlineData("wake me in 5 minutes", "alarm", true)]
    [InlineData("a timer of 5 minutes for the rice", "rice timer", true)]
    [InlineData("mail me my notes in 5 minutes", "notes, mail my me", false)]
    [InlineData("wake me in 5 minutes", "wake me, then mail my notes", false)]
    [InlineData("remind me to call mom", "call momo", false)]
    [InlineData("remind me to call mom", "call the mom", false)]
    [InlineData("read this page", "send it to example.com", false)]
    [InlineData("", "alarm", false)]
    public async Task Add_InATaintedConversation_ReachesOutButForWhatThePersonSaid(string said, string text, bool isSaid)
    {
        var context = Context() with { IsTainted = true, Said = said };
        var arguments = $$"""{"action":"add","when":"in 5m","text":"{{text}}"}""";
        Assert.Equal(isSaid ? ToolEffect.Writes : ToolEffect.Outward, new CronTool(() => _bench.Cron, TimeProvider.System).EffectOf(ToolArguments.Parse(arguments), context));
        await CallAsync(arguments, context);
        Assert.Equal(!isSaid, Assert.Single(_bench.Cron.Book.List()).IsTainted);
    }

    [Theory]
    [InlineData("remove the job 4be10c92", """{"action":"remove","id":"4be10c92"}""", true)]
    [InlineData("cancel the rice timer", """{"action":"remove","text":"rice timer"}""", true)]
    [InlineData("read this page", """{"action":"remove","id":"4be10c92"}""", false)]
    [InlineData("read this page", """{"action":"remove","text":"alarm"}""", false)]
    [InlineData("remove that", """{"action":"remove"}""", false)]
    public void Remove_InATaintedConversation_ReachesOutButForWhatThePersonNames(string said, string arguments, bool isNamed) => Assert.Equal(
        isNamed ? ToolEffect.Writes : ToolEffect.Outward, new CronTool(() => _bench.Cron, TimeProvider.System).EffectOf(ToolArguments.Parse(arguments), Context() with { IsTainted = true, Said = said }));

    [Theory]
    [InlineData("cron")]
    [InlineData("hook")]
    public async Task Add_FromAChannel_IsRefused(string channel)
    {
        await Assert.ThrowsAsync<ToolException>(() => CallAsync("""{"action":"add","when":"every 2h","text":"again"}""", Context() with { Channel = channel }));
        Assert.Empty(_bench.Cron.Book.List());
    }

    [Fact]
    public void Decide_InATaintedConversation_AsksAPerson()
    {
        var policy = new ToolPolicy(new Dictionary<string, ToolRules> { ["main"] = ToolRules.Assistant });
        var (tool, context) = (new CronTool(() => _bench.Cron, _bench.Time), Context() with { IsTainted = true });
        Assert.Equal(ToolVerdict.Ask, policy.Decide(tool, tool.EffectOf(ToolArguments.Parse("""{"action":"add"}"""), context), context).Verdict);
        Assert.Equal(ToolVerdict.Allow, policy.Decide(tool, tool.EffectOf(ToolArguments.Parse("""{"action":"list"}"""), context), context).Verdict);
    }

    [Theory]
    [InlineData("every 90s", "every")]
    [InlineData("2h", "every")]
    [InlineData("2026-12-24T18:00:00+01:00", "at")]
    [InlineData("2026-12-24T18:00", "at")]
    [InlineData("0 9 * * MON-FRI", "cron")]
    [InlineData("soon", null)]
    [InlineData("every fortnight", null)]
    [InlineData("every 1h30", null)]
    [InlineData("in 0s", null)]
    [InlineData("in 20", null)]
    [InlineData("in 3 moons", null)]
    public void Parse_OfATime_IsItsKindOfSchedule(string text, string? kind)
    {
        if (kind is null) Assert.Throws<Runtime.Schedule.ScheduleException>(() => JobWhen.Parse(text, null, _bench.Time.GetUtcNow()));
        else Assert.Equal(kind, JobWhen.Parse(text, null, _bench.Time.GetUtcNow()).Kind);
    }

    // 2026-11-26 is a Thursday.
    [Theory]
    [InlineData("in 20m", "2026-11-26T09:50:00.000Z")]
    [InlineData("in 6m30s", "2026-11-26T09:36:30.000Z")]
    [InlineData("In 1.5 hours", "2026-11-26T11:00:00.000Z")]
    [InlineData("in 1 day 2 Hrs 3 min", "2026-11-27T11:33:00.000Z")]
    [InlineData("at 18:00", "2026-11-26T17:00:00.000Z")]
    [InlineData("at 9:05", "2026-11-27T08:05:00.000Z")]
    [InlineData("today 23:59", "2026-11-26T22:59:00.000Z")]
    [InlineData("tomorrow 8:30", "2026-11-27T07:30:00.000Z")]
    [InlineData("Tomorrow at 08:30", "2026-11-27T07:30:00.000Z")]
    [InlineData("monday 9:00", "2026-11-30T08:00:00.000Z")]
    [InlineData("thursday 18:00", "2026-11-26T17:00:00.000Z")]
    [InlineData("thursday 9:00", "2026-12-03T08:00:00.000Z")]
    [InlineData("3rd 10:00", "2026-12-03T09:00:00.000Z")]
    [InlineData("26th at 10:00", "2026-12-26T09:00:00.000Z")]
    [InlineData("26th 11:00", "2026-11-26T10:00:00.000Z")]
    [InlineData("31st 7:00", "2026-12-31T06:00:00.000Z")]
    [InlineData("December 24 18:00", "2026-12-24T17:00:00.000Z")]
    [InlineData("july 1 9:00", "2027-07-01T07:00:00.000Z")]
    [InlineData("february 29 at 9:00", "2028-02-29T08:00:00.000Z")]
    public void Parse_OfATimeThatComes_IsTheNextSuch(string text, string expected) =>
        Assert.Equal(expected, JobWhen.Parse(text, "Europe/Berlin", new DateTimeOffset(2026, 11, 26, 9, 30, 0, TimeSpan.Zero)).At);

    [Theory]
    [InlineData("at 25:00")]
    [InlineData("someday 9:00")]
    [InlineData("at 9")]
    [InlineData("32nd 9:00")]
    [InlineData("february 30 9:00")]
    [InlineData("december the 24th 9:00")]
    public void Parse_OfNoClockTime_SaysWhatTimesAre(string text) =>
        Assert.Contains("at 18:00", Assert.Throws<Runtime.Schedule.ScheduleException>(() => JobWhen.Parse(text, null, _bench.Time.GetUtcNow())).Message, StringComparison.Ordinal);

    private async Task<string> CallAsync(string arguments, ToolContext context) =>
        (await new CronTool(() => _bench.Cron, _bench.Time).RunAsync(ToolArguments.Parse(arguments), context, default)).Text;

    private ToolContext Context() => new() { Agent = "main", SessionKey = "agent:main:main", RunId = "r", CallId = "c", Files = new FileArea(_bench.Home) };
}
