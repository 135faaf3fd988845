using System.Globalization;
using Appliance.Gateway;
using Models.Tokens;
using Runtime.Agents;
using Runtime.Context;
using Runtime.Skills;
using Runtime.Skills.Format;
using Runtime.Tools;
using Runtime.Tools.Policy;
using Runtime.Workspaces;
using TestKit;

namespace Appliance.Tests.Gateway;

/// <summary>
/// What each tool, each skill and each file of a new workspace costs a model that has small room, in tokens of Qwen2.5, beside this file in
/// <c>token-costs.txt</c>: who changes a word that models are told changes that file too, and a review sees it.
/// </summary>
public sealed class TokenCostTests
{
    private static readonly string Golden = Path.Combine(Repository.Root, "tests", "Appliance.Tests", "Gateway", "token-costs.txt");

    [SharedFact("tokenizers/qwen2")]
    public async Task Costs_OfEveryToolSkillAndFile_AreWhatTheFileSays()
    {
        var folder = Shared.Find("tokenizers", "qwen2")!;
        using var home = new TemporaryFolder();
        var agents = new AgentBook(home.Path, [new AgentSettings { Tools = new ToolRules { Profile = ToolProfile.Operator } }], TimeProvider.System);
        AgentFiles.Prepare(agents.Default);
        var tokenizer = Tokenizer.FromFolder(folder);
        var table = GatewayTools.ToShow(agents, home.Path);
        // A skill that is a program, so that the tool for those is there too.
        Directory.CreateDirectory(home["skills/dice"]);
        await File.WriteAllTextAsync(home["skills/dice/config.json"], """{"name":"dice","description":"Throws dice."}""");
        await File.WriteAllTextAsync(home["skills/dice/index.js"], "");
        var canRun = agents.Default.Skills.Find("dice")!.IsEligible;

        List<string> lines = [.. Report([]).Lines.Where(l => l.Kind == "file" && l.Name != "skills").Select(l => Line(l.Kind, l.Name, l.Tokens))];
        lines.AddRange(table.All.Where(t => canRun || t.Name != "skill_run").Select(t => Line("tool", t.Name, Report([t, table.All.First(other => other != t)]).Lines.Single(l => l.Name == t.Name).Tokens)));
        // As if all that they need were here: the file is the same on every machine.
        var skills = agents.Default.Skills.List().Select(s => s with { Missing = SkillNeeds.None }).ToList();
        lines.AddRange(skills.Where(s => s.Source == SkillSource.Bundled).Select(s => Line("skill", s.Name, Count(SkillCards.Text(skills)) - Count(SkillCards.Text(skills.Where(other => other != s))), Count(s.Manifest!.Body))));

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") await File.WriteAllTextAsync(Golden, $"# tokens in every prompt; of a skill also those of reading it\n{string.Join('\n', lines)}\n");
        var golden = (await File.ReadAllLinesAsync(Golden)).Where(line => !line.StartsWith('#') && (canRun || !line.StartsWith("tool skill_run", StringComparison.Ordinal)));
        var changed = lines.Except(golden).Concat(golden.Except(lines).Select(line => "was: " + line)).ToList();
        Assert.True(changed.Count == 0, $"What models are told changed. If that is meant, run this test with UPDATE_GOLDEN=1 and commit {Path.GetFileName(Golden)}:\n{string.Join('\n', changed)}");

        int Count(string text) => tokenizer.Encode(text, addSpecialTokens: false).Length;

        ContextReport Report(IReadOnlyList<Tool> tools) => ContextReport.Make(agents.Default, tools, [], "hello", (tokenizer, ChatTemplate.FromFolder(folder), 32_768), TimeProvider.System);
    }

    private static string Line(string kind, string name, params int[] tokens) => $"{kind} {name} {string.Join(' ', tokens.Select(t => t.ToString(CultureInfo.InvariantCulture)))}";
}
