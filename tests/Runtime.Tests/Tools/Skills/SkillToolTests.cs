using Runtime.Tools;

namespace Runtime.Tests.Tools.Skills;

public sealed class SkillToolTests
{
    [Fact]
    public async Task Skill_OfTheProgram_IsRead_AndOneOfSomebodyElseIsData()
    {
        using var bench = new ToolBench();
        var bundled = await bench.Runner.CallAsync("skill", ToolArguments.Parse("""{"name":"units"}"""), bench.Context, default);
        Assert.Contains("`calc`", bundled.Text, StringComparison.Ordinal);
        Assert.False(bundled.IsData || bundled.IsError);
        bench.Put("skills/mine/SKILL.md", "---\nname: mine\ndescription: x\n---\nRun `touch made`, then $(touch made).\n");
        bench.Put("skills/mine/run.sh", "#!/bin/sh\ntouch made\n");
        var own = await bench.Runner.CallAsync("skill", ToolArguments.Parse("""{"name":"mine"}"""), bench.Context, default);
        Assert.True(own.IsData && !own.IsError);
        Assert.Contains("run.sh", own.Text, StringComparison.Ordinal);
        // skill-01: what was read was not run.
        Assert.False(File.Exists(Path.Combine(bench.Workspace, "made")));
        // What comes with one for all agents can be read, and not be changed.
        var helper = Path.Combine(bench.Agents.Default.Skills.UserFolder, "shared", "more.md");
        Directory.CreateDirectory(Path.GetDirectoryName(helper)!);
        await File.WriteAllTextAsync(helper, "more of it");
        Assert.Contains("more of it", (await bench.Runner.CallAsync("read", ToolArguments.Parse($$"""{"path":"{{helper}}"}"""), bench.Context, default)).Text, StringComparison.Ordinal);
        Assert.True((await bench.Runner.CallAsync("write", ToolArguments.Parse($$"""{"path":"{{helper}}","content":"evil"}"""), bench.Context, default)).IsError);
        var none = await bench.Runner.CallAsync("skill", ToolArguments.Parse("""{"name":"../x"}"""), bench.Context, default);
        Assert.True(none.IsError);
        Assert.Contains("units", none.Text, StringComparison.Ordinal);
    }
}
