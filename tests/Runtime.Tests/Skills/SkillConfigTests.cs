using Models.Egress;
using Runtime.Skills;
using Runtime.Skills.Format;
using Runtime.Skills.Installing;

namespace Runtime.Tests.Skills;

/// <summary>Skills that are programs: what their config.json says, and what its owner is shown. Nothing here runs one.</summary>
public sealed class SkillConfigTests : IDisposable
{
    private readonly SkillBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Read_Whole_IsWhatItSays()
    {
        var manifest = SkillConfig.Read("""
            {"name":"coin","description":" Flips a coin. Use it to decide. ","version":"1.2","license":"MIT","triggers":["flip a coin","flip {count} coins"],
             "arguments":{"count":"how many"},"timeout":5,"workspace":"read","network":true,"more":1}
            """);
        var program = manifest.Program!;
        Assert.Equal(("coin", "Flips a coin. Use it to decide.", "1.2", "MIT"), (manifest.Name, manifest.Description, manifest.Version, manifest.License));
        Assert.Equal(["flip a coin", "flip {count} coins"], program.Triggers.Select(t => t.Text));
        Assert.Equal((TimeSpan.FromSeconds(5), WorkspaceAccess.Read, true, "how many"), (program.Time, program.Workspace, program.WantsNetwork, program.Arguments["count"]));
        Assert.Equal(["node", "more"], manifest.Needs.Bins.Concat(manifest.UnknownFields));
        Assert.Contains("Call skill_run with the name coin", manifest.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("""{"name":"coin"}""", "description")]
    [InlineData("""{"description":"x"}""", "name")]
    [InlineData("""{"name":"../x","description":"x"}""", "small letters")]
    [InlineData("""{"name":"exec","description":"x"}""", "taken")]
    [InlineData("""{"name":"coin","name":"other","description":"x"}""", "twice")]
    [InlineData("""{"name":"coin","description":"x","triggers":"flip"}""", "list")]
    [InlineData("""{"name":"coin","description":"x","triggers":[1]}""", "text")]
    [InlineData("""{"name":"coin","description":"x","triggers":["?"]}""", "trigger")]
    [InlineData("""{"name":"coin","description":"x","timeout":0}""", "timeout")]
    [InlineData("""{"name":"coin","description":"x","timeout":121}""", "timeout")]
    [InlineData("""{"name":"coin","description":"x","timeout":"1"}""", "timeout")]
    [InlineData("""{"name":"coin","description":"x","workspace":"all"}""", "workspace")]
    [InlineData("""{"name":"coin","description":"x","arguments":{"a b":"x"}}""", "argument")]
    [InlineData("""{"name":"\ud800","description":"x"}""", "JSON")]
    public void Read_Wrong_SaysWhat(string json, string what) => Assert.Contains(what, Assert.Throws<SkillException>(() => SkillConfig.Read(json)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void List_OfAFolderWithAProgram_NeedsNode_AndASkillMdCountsBeforeAConfig()
    {
        var folder = _bench.Program("coin", """{"name":"coin","description":"x"}""", "throw 1");
        Assert.Equal("missing: program node", _bench.Book.Find("coin")!.WhyNot);
        var book = new SkillBook(_bench.Home, _bench.Workspace, new SkillSurroundings("linux", name => name == "node", _ => false, _ => false));
        Assert.True(book.Find("coin") is { IsEligible: true, File: "config.json" });
        Assert.Contains("index.js", book.Open("coin").Text, StringComparison.Ordinal);
        Assert.Equal("""{"name":"coin","description":"x"}""", SkillBook.FileOf(book.Find("coin")!));
        _bench.Put(book.UserFolder, "coin", body: "Words.");
        Assert.True(book.Find("coin") is { Manifest.Program: null, File: "SKILL.md" });
        File.Delete(Path.Combine(folder, "SKILL.md"));
        File.Delete(Path.Combine(folder, "index.js"));
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"name":"coin","description":"y"}""");
        Assert.Contains("index.js", book.Find("coin")!.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(SkillCheck.Problems(folder));
    }

    [Fact]
    public async Task Install_AProgram_ShowsWhatItAsksFor_AndWhatANewerOneAsksForMore()
    {
        using var door = new EgressDoor(new EgressPolicy());
        var installer = new SkillInstaller(_bench.Book, door);
        var source = _bench.Program("coin", """{"name":"coin","description":"x","triggers":["flip a coin"]}""", "fetch('https://dice.example/x')", _bench["from"]);
        using (var staged = await installer.StageAsync(source, default))
        {
            Assert.Equal(["flip a coin"], staged.Review.Manifest.Program!.Triggers.Select(t => t.Text));
            Assert.Equal("index.js", staged.Review.Scripts.Single().Path);
            Assert.Equal(["dice.example"], staged.Review.Hosts);
            Assert.Equal("config.json", installer.Install(staged, 1).File);
        }
        File.WriteAllText(Path.Combine(source, "config.json"), """{"name":"coin","description":"x","triggers":["flip a coin","good morning"],"workspace":"write","network":true,"cron":"* * * * *"}""");
        using var wider = await installer.StageAsync(source, default);
        Assert.Contains("trigger good morning", wider.Review.Widened);
        Assert.Contains(wider.Review.Widened, w => w.Contains("changes the files", StringComparison.Ordinal));
        Assert.Contains(wider.Review.Findings, f => f.Contains("asks for a network", StringComparison.Ordinal));
        Assert.Contains(wider.Review.Findings, f => f.Contains("cron", StringComparison.Ordinal));
    }
}
